#pragma once

#include <algorithm>
#include <chrono>
#include <semaphore>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "dev/host/action_host.h"

namespace adit::dev {

/// Options that run this test program itself as an action (its main() sees the first argument):
///
///   --action   with the SDK; its parameter `do` says what it does, see hosted_action_test.cc
///   --liar     without: answers /run with the parameter `body`, and status `status` where there is one
///   --loop, --silent-loop  without, and without HTTP: ActionLoop, the second one never acknowledges; `do` is echo,
///              hang, exit or garbage
///   --ends-unread  ends when the first activation comes, unread; where the file MARK exists, which it makes, as
///   --action
///   --exits    ends before it is ready, with exit code 3
///   --stalls   never listens
[[nodiscard]] HostOptions hosted_action(std::string_view mode = "--action");

/// The text of `{"error": text}`.
[[nodiscard]] std::string error_of(const ActivationRecord& record);

/// The only activation of a process.
[[nodiscard]] inline ActivationRecord run_once(const json::object& params, HostOptions options = hosted_action()) {
  return ActionHost(std::move(options)).run(params);
}

/// Counts the activations that have begun to sleep, by their log.
class Begun {
 public:
  HostOptions counted(HostOptions options) {
    options.on_log = [this](LogStream, std::string_view bytes) { lines_.release(std::ranges::count(bytes, '\n')); };
    return options;
  }
  void wait_for(int count) {
    for (int i = 0; i < count; ++i) ASSERT_TRUE(lines_.try_acquire_for(std::chrono::minutes(2)));
  }

 private:
  std::counting_semaphore<> lines_{0};
};

/// Resident memory in bytes, and open descriptors, of a process; 0 where it is gone.
[[nodiscard]] std::size_t resident_bytes_of(int pid);
[[nodiscard]] std::size_t descriptors_of(int pid);

}  // namespace adit::dev
