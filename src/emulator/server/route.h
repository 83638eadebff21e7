#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "adit/clock.h"
#include "adit/http_server.h"

namespace adit::emulator {

class Service;

/// Details of a request for the request log. The endpoints write them.
struct CallNotes {
  std::string client_id;
  /// IMS's error word, or an API's code.
  std::string error;
  /// Why the request was refused, for people. Contains no secret.
  std::string reason;
};

/// A request that an endpoint handles.
struct Call {
  Service& service;
  const http::ServerRequest& request;
  /// The values of the `{name}` segments of the route's path, decoded.
  std::map<std::string, std::string, std::less<>> path_values;
  /// The emulator's time, including clock skew.
  WallTime now;
  CallNotes& notes;
};

using Endpoint = http::ServerResponse (*)(const Call&);

/// The server of Adobe to which an endpoint belongs. It determines which faults apply, and the headers of responses.
enum class Side { ims, api, own };

struct Route {
  std::string_view method;
  /// The path; `{name}` matches any segment.
  std::string_view path;
  Side side;
  Endpoint endpoint;
};

/// Finds the endpoint of a request. Immutable after its construction.
class RouteTable {
 public:
  struct Match {
    /// nullptr if no route has this path, or none has this method.
    const Route* route = nullptr;
    std::map<std::string, std::string, std::less<>> path_values;
    /// The methods that the path has, for `Allow`; empty if there is no such path.
    std::vector<std::string> allowed;
  };

  void add(const std::vector<Route>& routes);
  /// Ignores a slash at the path's end. HEAD finds the route for GET.
  [[nodiscard]] Match find(std::string_view method, std::string_view path) const;
  /// Whether the path of an endpoint of IMS or an API begins with `prefix`, which may end within a segment.
  [[nodiscard]] bool serves_below(std::string_view prefix) const;

 private:
  std::vector<Route> routes_;
};

}  // namespace adit::emulator
