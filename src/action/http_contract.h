#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "adit/action.h"

namespace adit {

struct HttpContract {
  /// This machine alone. A container needs 0.0.0.0: the platform calls it from outside. At an address of this machine
  /// alone, requests of web pages from elsewhere are 403.
  std::string host = "127.0.0.1";
  /// 0: a free one.
  std::uint16_t port = 8080;
  /// Not empty: a Unix socket instead of host and port. Then the log has no sentinels, since the program in front
  /// (a package's index.js) is what the platform reads; and the end of stdin, where that is a pipe, ends the process at
  /// once, so that it does not outlive that program.
  std::string socket{};
  /// Activations that run at once, each on a thread that is made when it is needed. As many more wait for their turn;
  /// past those the answer is 503. A platform that knows the action's `concurrency` never sends so many.
  int concurrency = 50;
  /// How long running activations may go on after SIGTERM.
  std::chrono::milliseconds grace{30'000};
};

/// OpenWhisk's HTTP contract, which every runtime image speaks. The action is part of the program, so that `/init`
/// takes what the platform says of it and the environment, and needs no code.
///
///   POST /init   200 `{"ok":true}`; 403 the second time; 502 for what is no `{"value": {…}}`
///   POST /run    200 and the result; 502 `{"error": …}` where the result is neither object nor array, where the
///   request
///                is not the contract's, and where the deadline passes while it runs (one that had passed before is
///                ignored). A handler past its deadline keeps its thread until it ends; others run on.
///
/// An action that ends the process answers all who wait with an error first (last_answer.h).
///
/// Runs overlap. The environment is the process's: where `concurrency` is 1, all of `__OW_` is set for each activation;
/// otherwise what is the same for all (namespace, action, API host and key), once. An Activation is right always. After
/// each activation both stdout and stderr carry the sentinel line.
///
/// Serves until SIGTERM or SIGINT, then takes nothing new, lets what runs come to its end, and returns 0. A second
/// signal ends the process at once.
int serve_http(const Handler& handler, const HttpContract& contract);

}  // namespace adit
