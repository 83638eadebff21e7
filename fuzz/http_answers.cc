// The HTTP client with a server that answers with arbitrary bytes.
#include <algorithm>
#include <string>
#include <vector>

#include "adit/http.h"
#include "adit/json.h"
#include "adit/secret.h"

#include "fuzz/input.h"
#include "fuzz/peer.h"
#include "fuzz/target.h"
#include "http/client/incoming.h"
#include "issuers/ims/answer.h"

using namespace adit;
using namespace adit::fuzz;

namespace {

constexpr std::size_t kMaxTestAnswer = 64U << 10U;

void read_answer(const http::Response& response) {
  require(response.body().size() <= kMaxTestAnswer, "no body is longer than allowed");
  require(response.status() >= 100 && response.status() <= 999, "a status has three digits");
  const std::chrono::sys_seconds now{std::chrono::seconds(1'700'000'000)};
  if (const auto wait = response.retry_after(now)) require(wait->count() >= 0, "a wait is never negative");
  static_cast<void>(response.date());
  accepted([&] { return response.json(); });
  const Secret secret("canary-secret-1");
  const ims::CallSubject subject{.url = "http://peer", .what = "the call", .secrets = {&secret}};
  const auto error = ims::refused_call(
      response, subject, [](int, std::string_view, std::string_view) { return std::string(); }, WallTime{});
  require(error.to_string().find("canary-secret-1") == std::string::npos, "no message quotes a secret");
}

}  // namespace

ADIT_FUZZ(http_answers) {
  static Peer peer;
  Input input(bytes);
  const bool head = input.choice(2) == 1;
  // Two answers, to check that one does not affect the next.
  const std::string first(input.part());
  const std::string second(input.part());
  peer.play({first, second, second});
  http::Client client({.connect_timeout = std::chrono::milliseconds(2000),
                       .total_timeout = std::chrono::milliseconds(5000),
                       .max_response_bytes = kMaxTestAnswer,
                       .max_redirects = 1,
                       .unix_socket = peer.path()});
  for (int i = 0; i < 2; ++i) {
    const auto response =
        accepted([&] { return client.send(http::Request(head ? "HEAD" : "GET", "http://peer/path")); });
    if (response) read_answer(*response);
  }
}
