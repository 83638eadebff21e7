#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "adit/clock.h"
#include "adit/emulator.h"
#include "adit/http_server.h"

#include "emulator/apis/namespace_keys.h"
#include "emulator/apis/state_store.h"
#include "emulator/ims/access_token.h"
#include "emulator/ims/revocations.h"
#include "emulator/server/client_registry.h"
#include "emulator/server/route.h"
#include "http/server/local_access.h"

namespace adit::emulator {

struct Counters {
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> jwt_exchanges{0};
  std::atomic<std::uint64_t> client_credentials{0};
  /// Token requests that IMS refused.
  std::atomic<std::uint64_t> rejected{0};
  std::atomic<std::uint64_t> api_calls{0};
  /// API calls among them that were refused for their token, key or company.
  std::atomic<std::uint64_t> api_rejected{0};
  std::atomic<std::uint64_t> faults{0};
};

/// All that the endpoints share: the emulator's state. Thread-safe.
class Service {
 public:
  explicit Service(Options options);
  ~Service();

  [[nodiscard]] const Clock& clock() const { return *options_.clock; }
  [[nodiscard]] std::chrono::milliseconds token_lifetime() const { return options_.token_lifetime; }
  /// Signs the tokens of now.
  [[nodiscard]] std::shared_ptr<const TokenIssuer> issuer() const;
  /// What verifies tokens that may still be valid at `now`.
  [[nodiscard]] jwt::Jwks published_keys(WallTime now) const;
  void rotate_key();
  /// The claims of a token of ours that is valid at `now` and not revoked.
  [[nodiscard]] std::variant<json::object, TokenFlaw> verify(std::string_view token, WallTime now) const;
  /// Returns false if there is no room for another one.
  [[nodiscard]] bool revoke(const json::object& claims, WallTime now);
  /// Throws Error `too_many_faults`, and `invalid_fault` for a path that no endpoint of IMS or an API begins with.
  void add_faults(std::vector<Fault> added);
  [[nodiscard]] std::size_t revoked_count() const { return revocations_.size(); }
  /// How long this client has to wait, by its own rate or that of the options; nothing where it may go on.
  [[nodiscard]] std::optional<std::chrono::seconds> throttled(std::string_view what, const std::optional<Rate>& own,
                                                              std::string_view client_id);
  /// Where we listen; waits for the server to have started, if a first request comes that early.
  [[nodiscard]] std::string origin() const { return origin_.get(); }
  [[nodiscard]] std::uint16_t port() const { return server_->port(); }

  [[nodiscard]] std::string plain_origin() const;
  [[nodiscard]] const std::string& ca_pem() const { return ca_pem_; }
  [[nodiscard]] std::chrono::nanoseconds uptime() const { return clock().monotonic_now() - started_; }

  Counters counters;
  ClientRegistry clients;
  Faults faults;
  StateStore state;
  NamespaceKeys namespace_keys;

 private:
  struct Retired {
    std::shared_ptr<const TokenIssuer> issuer;
    /// When its last token has expired.
    WallTime until;
  };
  http::ServerResponse answer(const http::ServerRequest& request);
  /// What the server refused before it was a request.
  http::ServerResponse refuse(const http::ServerResponse& plain, const http::ServerRequest& request);
  /// Logs the request; `record` has what they do not tell.
  void note(const http::ServerRequest& request, const http::ServerResponse& answer, RequestRecord record) const;
  [[nodiscard]] http::ServerOptions server_options();

  Options options_;
  http::LocalAccess access_;
  MonotonicTime started_;
  mutable std::mutex keys_mutex_;
  std::shared_ptr<const TokenIssuer> issuer_;
  std::vector<Retired> retired_;
  std::string ca_pem_;
  RateLimits limits_;
  Revocations revocations_;
  RouteTable routes_;
  std::promise<std::string> origin_promise_;
  std::shared_future<std::string> origin_;
  // The last members: requests come until it is gone.
  std::optional<http::Server> server_;
  std::optional<http::Server> plain_server_;
};

}  // namespace adit::emulator
