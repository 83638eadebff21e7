#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "adit/base/clock.h"
#include "adit/base/secret.h"
#include "adit/ims/client.h"
#include "adit/ims/token_claims.h"

#pragma GCC visibility push(default)

namespace adit::token {

struct ValidationOptions {
  /// How long IMS's word is believed: as in `@adobe/aio-lib-ims`. A valid token's is never believed beyond the token's
  /// own end.
  std::chrono::milliseconds valid_for = std::chrono::minutes(5);
  std::chrono::milliseconds invalid_for = std::chrono::minutes(5);
  /// Of each kind; the one that goes first is the one that would be forgotten soonest.
  std::size_t max_valid = 10'000;
  std::size_t max_invalid = 10'000;
};

/// IMS's judgement of tokens, remembered. Valid and invalid tokens have memories of their own, so that a flood of wrong
/// ones drives out no right one; what is kept is a SHA-256 of token and client id, and of a valid token its claims.
/// Concurrent questions for one token share one call. Failures (no answer, throttling) are not remembered. Thread-safe.
class Validations {
 public:
  using Ask = std::function<ims::Validation(const Secret& token, const std::string& client_id)>;
  explicit Validations(Ask ask, ValidationOptions options = {}, const Clock& clock = Clock::system());
  ~Validations();
  Validations(const Validations&) = delete;
  Validations& operator=(const Validations&) = delete;

  /// Throws what asking throws.
  [[nodiscard]] std::shared_ptr<const ims::Validation> check(const Secret& token, const std::string& client_id);
  /// Of both kinds.
  [[nodiscard]] std::size_t size() const;
  void clear();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// What `validate()` says.
struct ValidatedToken {
  bool valid = false;
  std::string reason{};
  std::string client_id{};
  std::vector<std::string> scopes{};
  json::object claims{};
};

/// Asks the process's IMS (Ims::from_process(), or the one given), through a memory that the process shares. An empty
/// `client_id` is taken from the token: then the token of any client counts, and who may call is the caller's to check.
/// A text that can be no access token is invalid without a question. Throws IMS's Error.
[[nodiscard]] ValidatedToken validate(const Secret& token, const std::string& client_id = {},
                                      const std::optional<ims::Ims>& ims = std::nullopt);

}  // namespace adit::token

#pragma GCC visibility pop
