#include "action/one_shot.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "adit/secret.h"

#include "action/contract.h"
#include "action/last_answer.h"
#include "action/serial_runner.h"
#include "base/write_all.h"

namespace adit {
namespace {

json::object activation_of_environment(json::storage_ptr storage) {
  static constexpr std::array<std::string_view, 8> kNames = {"action_name", "action_version", "activation_id",
                                                             "api_host",    "api_key",        "deadline",
                                                             "namespace",   "transaction_id"};
  json::object message(std::move(storage));
  for (const auto name : kNames) {
    std::string variable = "__OW_";
    for (const char c : name) variable += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    if (const char* value = std::getenv(variable.c_str())) message[name] = value;
  }
  return message;
}

}  // namespace

int serve_one_shot(const Handler& handler, std::span<char> params) {
  constexpr int kFirst = 10;
  const int out = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, kFirst);
  if (out < 0 || ::dup2(STDERR_FILENO, STDOUT_FILENO) < 0) return 1;

  json::value result;
  SerialRunner runner(handler);
  const LastAnswer last_answer;
  auto value = try_parse_json({params.data(), params.size()}, {.max_depth = 1000, .wiped = true});
  wipe(params.data(), params.size());
  if (value) {
    auto message = activation_of_environment(value->storage());
    message["value"] = *std::move(value);
    // Without a deadline nothing has to happen while the handler runs, so it needs no separate thread.
    result = message.contains("deadline") ? runner.run(std::move(message), ActivationEnvironment::leave)
                                          : run_activation(handler, std::move(message), ActivationEnvironment::leave);
  } else {
    result = error_result("The action's parameters are not JSON.");
  }
  std::fflush(nullptr);
  const auto line = to_json(result) + "\n";
  if (!write_all(out, line)) return 1;
  ::close(out);
  runner.exit_if_overdue();
  return 0;
}

}  // namespace adit
