#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adit/clock.h"
#include "adit/emulator.h"

namespace adit::emulator {

/// An access token that the emulator issued, without the token itself.
struct IssuedToken {
  /// The claim `id`, which is not secret.
  std::string id;
  std::string client_id;
  /// `jwt_bearer` or `client_credentials`.
  std::string grant;
  std::vector<std::string> scopes;
  /// The key that signed it.
  std::string key_id;
  WallTime issued{};
  WallTime expires{};
};

/// What happened at the emulator, for people who look at it: the last tokens, token requests that were refused, and
/// requests. Holds no secret. Thread-safe.
class Ledger {
 public:
  static constexpr std::size_t kMostTokens = 500;
  static constexpr std::size_t kMostRefused = 200;
  static constexpr std::size_t kMostRequests = 500;

  struct Request {
    /// Counts up from 1.
    std::uint64_t number = 0;
    RequestRecord record;
  };

  void add_token(IssuedToken token);
  void add_request(RequestRecord record);

  // The newest first.
  [[nodiscard]] std::vector<IssuedToken> tokens() const;
  [[nodiscard]] std::vector<Request> refused() const;
  [[nodiscard]] std::vector<Request> requests() const;
  [[nodiscard]] std::optional<IssuedToken> find(std::string_view token_id) const;

  /// Called after each request, on any thread. An empty function ends it; no call runs any more when this returns.
  void watch(std::function<void(const Request&)> on_request);

 private:
  mutable std::mutex mutex_;
  std::deque<IssuedToken> tokens_;
  std::deque<Request> refused_;
  std::deque<Request> requests_;
  std::uint64_t last_ = 0;
  std::mutex watching_;
  std::function<void(const Request&)> on_request_;
};

/// Whether the path is one that tokens are requested from.
[[nodiscard]] bool is_token_request(std::string_view path);

}  // namespace adit::emulator
