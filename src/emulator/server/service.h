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

#include <boost/asio/thread_pool.hpp>

#include "adit/clock.h"
#include "adit/emulator.h"
#include "adit/http_server.h"

#include "emulator/apis/namespace_keys.h"
#include "emulator/apis/state_store.h"
#include "emulator/ims/access_token.h"
#include "emulator/ims/revocations.h"
#include "emulator/server/integration_registry.h"
#include "emulator/server/ledger.h"
#include "emulator/server/route.h"
#include "http/server/local_access.h"

namespace adit::emulator {

/// That run the endpoints.
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

/// All that the endpoints share: the emulator's state. Thread-safe.
class Service {
 public:
  explicit Service(Options options);
  ~Service();

  [[nodiscard]] const Clock& clock() const { return *options_.clock; }
  [[nodiscard]] std::chrono::milliseconds token_lifetime() const { return options_.token_lifetime; }
  /// Signs the tokens of now.
  [[nodiscard]] std::shared_ptr<const TokenIssuer> issuer() const;
  /// A new token, which the ledger lists.
  [[nodiscard]] Secret issue(const TokenSubject& subject, std::string_view grant, WallTime now);
  /// What verifies tokens that may still be valid at `now`.
  [[nodiscard]] jwt::Jwks published_keys(WallTime now) const;
  void rotate_key();
  /// The claims of a token of ours that is valid at `now` and not revoked.
  [[nodiscard]] std::variant<json::object, TokenFlaw> verify(std::string_view token, WallTime now) const;
  /// Returns false if there is no room for another one.
  [[nodiscard]] bool revoke(const json::object& claims, WallTime now);
  [[nodiscard]] bool revoke(const IssuedToken& token);
  [[nodiscard]] bool is_revoked(const IssuedToken& token) const {
    return revocations_.contains(token.expires, token.id);
  }
  /// The key ids that `published_keys` has at `now`, the one that signs first.
  [[nodiscard]] std::vector<std::string> key_ids(WallTime now) const;
  /// Throws Error `too_many_faults`, and `invalid_fault` for a path that no endpoint of IMS or an API begins with.
  void add_faults(std::vector<Fault> added);
  [[nodiscard]] std::size_t revoked_count() const { return revocations_.size(); }
  /// How long this client has to wait, by its own rate or that of the options; nothing if it may go on.
  [[nodiscard]] std::optional<std::chrono::seconds> throttled(std::string_view what, const std::optional<Rate>& own,
                                                              std::string_view client_id);
  /// For clients that have no rate of their own, from now on. Nothing: no limit.
  struct Rates {
    std::optional<Rate> token;
    std::optional<Rate> api;
  };
  [[nodiscard]] Rates rates() const;
  void set_rates(Rates rates);
  /// What answers requests below `/__adit/` that no endpoint answers: a console for the browser. Called as an
  /// AsyncHandler is; an empty one ends it, and no call runs any more when this returns.
  void set_console(http::AsyncHandler console);
  /// Where we listen; waits for the server to have started, if a first request comes that early.
  [[nodiscard]] std::string origin() const { return origin_.get(); }
  [[nodiscard]] std::uint16_t port() const { return server_->port(); }

  [[nodiscard]] std::string plain_origin() const;
  [[nodiscard]] const std::string& ca_pem() const { return ca_pem_; }
  [[nodiscard]] std::chrono::nanoseconds uptime() const { return clock().monotonic_now() - started_; }

  Counters counters;
  IntegrationRegistry integrations;
  Faults faults;
  StateStore state;
  NamespaceKeys namespace_keys;
  Ledger ledger;

 private:
  struct Retired {
    std::shared_ptr<const TokenIssuer> issuer;
    /// When its last token has expired.
    WallTime until;
  };
  /// Whether the console takes the request.
  bool is_for_console(http::ServerRequest& request, const http::Reply& reply) const;
  void answer(http::ServerRequest request, http::Reply reply);
  http::ServerResponse answer(const http::ServerRequest& request);
  /// What the server refused before it was a request.
  http::ServerResponse refuse(const http::ServerResponse& plain, const http::ServerRequest& request);
  /// Logs the request; `record` has what they do not tell.
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
  boost::asio::thread_pool workers_{kHandlerThreads};
  http::AsyncHandler on_workers_;
  // The last members: requests come until it is gone.
  std::optional<http::Server> server_;
  std::optional<http::Server> plain_server_;
};

/// What an emulator works with, for other floors of adit.
[[nodiscard]] Service& service_of(const Emulator& emulator);

}  // namespace adit::emulator
