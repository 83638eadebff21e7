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
#include "emulator/faults/active_faults.h"
#include "emulator/faults/rate_limits.h"
#include "emulator/ims/access_token.h"
#include "emulator/ims/revocations.h"
#include "emulator/server/history.h"
#include "emulator/server/integration_registry.h"
#include "emulator/server/route.h"
#include "http/server/local_access.h"
#include "system/thread_pool.h"

namespace adit::emulator {

/// The number of threads that run the endpoints.
inline constexpr int kHandlerThreads = 2;

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

/// The emulator's state, which all endpoints share. Thread-safe.
class Service {
 public:
  explicit Service(Options options);
  ~Service();

  [[nodiscard]] const Clock& clock() const { return *options_.clock; }
  [[nodiscard]] std::chrono::milliseconds token_lifetime() const { return options_.token_lifetime; }
  /// The issuer that signs new tokens.
  [[nodiscard]] std::shared_ptr<const TokenIssuer> issuer() const;
  /// Issues a token and adds it to the history.
  [[nodiscard]] Secret issue(const TokenSubject& subject, std::string_view grant, WallTime now);
  /// The keys that verify tokens that may be valid at `now`.
  [[nodiscard]] jwt::Jwks published_keys(WallTime now) const;
  void rotate_key();
  /// The claims of a token that this service issued, that is valid at `now` and not revoked.
  [[nodiscard]] std::variant<json::object, TokenFlaw> verify(std::string_view token, WallTime now) const;
  /// Returns false if too many tokens are revoked already.
  [[nodiscard]] bool revoke(const json::object& claims, WallTime now);
  [[nodiscard]] bool revoke(const IssuedToken& token);
  [[nodiscard]] bool is_revoked(const IssuedToken& token) const {
    return revocations_.contains(token.expires, token.id);
  }
  /// The key ids in `published_keys` at `now`. The key that signs new tokens is the first.
  [[nodiscard]] std::vector<std::string> key_ids(WallTime now) const;
  /// Throws Error `too_many_faults`, or `invalid_fault` if no path of an endpoint begins with the fault's path.
  void add_faults(std::vector<Fault> added);
  [[nodiscard]] std::size_t revoked_count() const { return revocations_.size(); }
  /// How long this integration must wait because of its own rate or the general one; `nullopt` if the request is
  /// allowed.
  [[nodiscard]] std::optional<std::chrono::seconds> throttled(std::string_view what, const std::optional<Rate>& own,
                                                              std::string_view client_id);
  /// The rates for integrations without their own rates. `nullopt` is no limit.
  struct Rates {
    std::optional<Rate> token;
    std::optional<Rate> api;
  };
  [[nodiscard]] Rates rates() const;
  void set_rates(Rates rates);
  /// Sets the handler of requests below `/__adit/` that no endpoint answers: a console for the browser. An empty
  /// handler removes it. When this returns, no call of the earlier handler runs any more.
  void set_console(http::AsyncHandler console);
  /// The server's origin. Waits until the server has started, because a first request may come before.
  [[nodiscard]] std::string origin() const { return origin_.get(); }
  [[nodiscard]] std::uint16_t port() const { return server_->port(); }

  [[nodiscard]] std::string plain_origin() const;
  [[nodiscard]] const std::string& ca_pem() const { return ca_pem_; }
  [[nodiscard]] std::chrono::nanoseconds uptime() const { return clock().monotonic_now() - started_; }

  Counters counters;
  IntegrationRegistry integrations;
  ActiveFaults faults;
  StateStore state;
  NamespaceKeys namespace_keys;
  History history;

 private:
  struct Retired {
    std::shared_ptr<const TokenIssuer> issuer;
    /// The time when the key's last token expires.
    WallTime until;
  };
  /// Whether the console answers the request.
  bool is_for_console(http::ServerRequest& request, const http::Reply& reply) const;
  void answer(http::ServerRequest request, http::Reply reply);
  http::ServerResponse answer(const http::ServerRequest& request);
  /// Answers what the server refused before it had read a whole request.
  http::ServerResponse refuse(const http::ServerResponse& plain, const http::ServerRequest& request);
  /// Logs the request and adds it to the history. `record` has the details that `request` and `answer` do not have.
  void note(const http::ServerRequest& request, const http::ServerResponse& answer, RequestRecord record);
  [[nodiscard]] http::ServerOptions server_options();

  Options options_;
  http::LocalAccess access_;
  MonotonicTime started_;
  mutable std::mutex keys_mutex_;
  std::shared_ptr<const TokenIssuer> issuer_;
  std::vector<Retired> retired_;
  std::string ca_pem_;
  RateLimits limits_;
  mutable std::mutex settings_mutex_;
  Rates rates_;
  http::AsyncHandler console_;
  Revocations revocations_;
  RouteTable routes_;
  std::promise<std::string> origin_promise_;
  std::shared_future<std::string> origin_;
  ThreadPool workers_{kHandlerThreads};
  http::AsyncHandler on_workers_;
  // The last member, because requests arrive until it is destroyed.
  std::optional<http::Server> server_;
  std::optional<http::Server> plain_server_;
};

/// The service of an emulator, for other floors of adit.
[[nodiscard]] Service& service_of(const Emulator& emulator);

}  // namespace adit::emulator
