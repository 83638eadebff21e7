#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "adit/clock.h"
#include "adit/http_server.h"

namespace adit::emulator {

class Service;

/// What the request log tells of a request beside its line; written by the endpoints.
struct CallNotes {
  std::string client_id;
  /// IMS's error word, or an API's code.
  std::string error;
  /// Why the request was refused, for people; no secret.
  std::string reason;
};

/// One request on its way through an endpoint.
struct Call {
  Service& service;
  const http::ServerRequest& request;
  /// What stood for `{name}` in the route's path, decoded.
  std::map<std::string, std::string, std::less<>> path_values;
  /// The time by the clock of the server that we play, skew included.
  WallTime now;
  CallNotes& notes;
};

using Endpoint = http::ServerResponse (*)(const Call&);

/// Which of Adobe's servers an endpoint belongs to: faults befall IMS alone, and each has its headers.
enum class Side { ims, api, own };

struct Route {
  std::string_view method;
  /// Segments, `{name}` for any one.
  std::string_view path;
  Side side;
  Endpoint endpoint;
};

/// Finds the endpoint of a request. Immutable once filled.
class RouteTable {
 public:
  struct Match {
    /// nullptr: no route of this path, or none with this method.
    const Route* route = nullptr;
    std::map<std::string, std::string, std::less<>> path_values;
    /// The methods that the path has, for `Allow`; empty if there is no such path.
    std::vector<std::string> allowed;
  };

  void add(const std::vector<Route>& routes);
  /// A slash at the path's end makes no difference; HEAD goes where GET goes.
  [[nodiscard]] Match find(std::string_view method, std::string_view path) const;
  /// Whether the path of an endpoint of IMS's or an API's begins with `prefix`, which may end within a segment.
  [[nodiscard]] bool serves_below(std::string_view prefix) const;

 private:
  std::vector<Route> routes_;
};

// The endpoint groups, one file each.
std::vector<Route> exchange_routes();
std::vector<Route> token_routes();
std::vector<Route> revocation_routes();
std::vector<Route> keys_routes();
std::vector<Route> discovery_routes();
std::vector<Route> profile_routes();
std::vector<Route> console_routes();
std::vector<Route> analytics_routes();
std::vector<Route> aem_routes();
std::vector<Route> state_routes();
std::vector<Route> stats_routes();
std::vector<Route> fault_routes();

}  // namespace adit::emulator
