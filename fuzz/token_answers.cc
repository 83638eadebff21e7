// The answers of an IMS: tokens, and secrets of the Developer Console.
#include <string>

#include "adit/ims.h"
#include "adit/json.h"
#include "adit/token_verifier.h"

#include "fuzz/input.h"
#include "fuzz/target.h"
#include "issuers/ims/console_secrets.h"
#include "issuers/ims/token_answer.h"

using namespace adit;
using namespace adit::fuzz;

namespace {

/// Answers every request with the same response.
struct Echo final : http::Transport {
  explicit Echo(http::Response given) : answer(std::move(given)) {}
  http::Response send(const http::Request& /*request*/) override { return answer; }
  http::Response answer;
};

}  // namespace

ADIT_FUZZ(token_answers) {
  Input input(bytes);
  const auto unit = input.choice(2) == 1 ? ims::LifeUnit::seconds : ims::LifeUnit::milliseconds;
  const int status = 200 + static_cast<int>(input.choice(4)) * 100;
  const std::string text(input.rest());
  const WallTime now{std::chrono::milliseconds(1'700'000'000'000)};
  if (const auto body = try_parse_json(text); body && body->is_object()) {
    const auto token = accepted([&] { return ims::read_token_answer(body->get_object(), {.unit = unit}, now); });
    if (token) {
      require(token->life.count() > 0, "an accepted token has a lifetime");
      require(!token->value.empty() &&
                  token->value.reveal().find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos,
              "a token fits into a header");
    }
  }
  Echo echo(http::Response(status, {{"content-type", "application/json"}}, text));
  const ims::ConsoleSecrets secrets({"1", "2"}, "client", echo);
  accepted([&] { return secrets.list(Secret("token")).size(); });
  accepted([&] { return secrets.add(Secret("token")).uuid; });
  done([&] { secrets.remove(Secret("token"), "uuid"); });
}
