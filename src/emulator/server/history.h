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

/// Remembers the last tokens that the emulator issued, the last token requests that it refused, and the last requests,
/// for the console. Holds no secret. Thread-safe.
class History {
 public:
  static constexpr std::size_t kMostTokens = 500;
  static constexpr std::size_t kMostRefused = 200;
  static constexpr std::size_t kMostRequests = 500;

  struct Request {
    /// The requests are numbered from 1.
    std::uint64_t number = 0;
    RequestRecord record;
  };

  void add_token(IssuedToken token);
  void add_request(RequestRecord record);

  // Each list begins with the newest.
  [[nodiscard]] std::vector<IssuedToken> tokens() const;
  [[nodiscard]] std::vector<Request> refused() const;
  [[nodiscard]] std::vector<Request> requests() const;
  [[nodiscard]] std::optional<IssuedToken> find(std::string_view token_id) const;

  /// Calls `on_request` after each request, on any thread, in the order of the numbers. Replaces the function of an
  /// earlier call; an empty one ends the calls. When this returns, no call of the earlier function runs any more.
  void watch(std::function<void(const Request&)> on_request);

 private:
  mutable std::mutex mutex_;
  std::deque<IssuedToken> tokens_;
  std::deque<Request> refused_;
  std::deque<Request> requests_;
  std::uint64_t last_ = 0;
  /// Held while a request is added and `on_request_` is called, so that the calls keep the order.
  std::mutex adding_;
  std::function<void(const Request&)> on_request_;
};

/// Whether clients request tokens at the path.
[[nodiscard]] bool is_token_request(std::string_view path);

}  // namespace adit::emulator
