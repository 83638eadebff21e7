#pragma once

#include <string>
#include <string_view>

#include "adit/dev/host/action_host.h"

namespace adit::dev {

/// Options that run this test program itself as an action (its main() sees the first argument):
///
///   --action   with the SDK; its parameter `do` says what it does, see hosted_action_test.cc
///   --liar     without: answers /run with the parameter `body`, and status `status` where there is one
///   --exits    ends before it is ready, with exit code 3
///   --stalls   never listens
[[nodiscard]] HostOptions hosted_action(std::string_view mode = "--action");

/// The text of `{"error": text}`.
[[nodiscard]] std::string error_of(const ActivationRecord& record);

/// Resident memory in bytes, and open descriptors, of a process; 0 where it is gone.
[[nodiscard]] std::size_t resident_bytes_of(int pid);
[[nodiscard]] std::size_t descriptors_of(int pid);

}  // namespace adit::dev
