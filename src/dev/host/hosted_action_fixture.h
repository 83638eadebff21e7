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

/// Returns options that run this test program itself as an action; main() handles the first argument:
///
///   --action   uses the SDK; its parameter `do` says what it does, see hosted_action_test.cc
///   --raw      speaks HTTP without the SDK: answers /run with the parameter `body`, and with `status` if it is given
///   --loop, --silent-loop   speak ActionLoop without the SDK; the second one sends no acknowledgement. `do` is echo,
///              hang, exit, half or garbage
///   --ends-unread   ends without reading the first activation, and creates the file MARK; if that exists, works as
///              --action
///   --exits    ends before it is ready, with exit code 3
///   --stalls   never listens
[[nodiscard]] HostOptions hosted_action(std::string_view mode = "--action");

/// Returns the text in the result `{"error": text}`.
[[nodiscard]] std::string error_of(const ActivationRecord& record);

/// Runs one activation in a new process.
[[nodiscard]] inline ActivationRecord run_once(const json::object& params, HostOptions options = hosted_action()) {
  return ActionHost(std::move(options)).run(params);
}

/// Counts the activations that have begun to sleep: each writes one line to the log.
class BegunActivations {
 public:
  HostOptions count_in(HostOptions options) {
    options.on_log = [this](LogStream, std::string_view bytes) { lines_.release(std::ranges::count(bytes, '\n')); };
    return options;
  }
  void wait_for(int count) {
    for (int i = 0; i < count; ++i) ASSERT_TRUE(one_begins_within(std::chrono::minutes(2)));
  }
  bool one_begins_within(std::chrono::milliseconds time) { return lines_.try_acquire_for(time); }

 private:
  std::counting_semaphore<> lines_{0};
};

/// Returns how many of the `wanted` activations can run at the same time. Raises the limit of descriptors if necessary
/// and possible; otherwise, reports on stderr that there are fewer.
[[nodiscard]] int overlapping_activations(int wanted);

/// The number of open descriptors of a process; 0 if it does not exist.
[[nodiscard]] std::size_t descriptors_of(int pid);

}  // namespace adit::dev
