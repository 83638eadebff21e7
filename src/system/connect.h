#pragma once

#include <chrono>
#include <string>

#include "base/descriptor.h"

// Connects to servers with a time limit for everything, the resolution of names included.
namespace adit {

/// Thrown if a connection could not be made, or was lost.
struct ConnectionFailure {
  /// For people, without a full stop: "Connection refused".
  std::string reason;
};

/// When a wait ends without success.
struct WaitLimit {
  std::chrono::steady_clock::time_point deadline;
  /// A descriptor; if it becomes readable, the wait ends. -1: none.
  int stop = -1;
};

/// Returns the time until the deadline. Throws ConnectionFailure if it has passed.
[[nodiscard]] std::chrono::milliseconds time_left(const WaitLimit& limit);
/// Waits for `events` (POLLIN, POLLOUT) at the descriptor. Throws ConnectionFailure at the limit.
void wait_for(int descriptor, short events, const WaitLimit& limit);

/// Connects to a TCP server, and returns the socket, which does not block. Tries the host's addresses in order, each
/// for `address_timeout` at most. Throws ConnectionFailure with the reason of the first address.
[[nodiscard]] Descriptor connect_to_host(const std::string& host, const std::string& port, const WaitLimit& limit,
                                         std::chrono::milliseconds address_timeout);
/// Connects to a Unix socket, and returns a socket that does not block. Throws ConnectionFailure. Ignores `limit.stop`.
[[nodiscard]] Descriptor connect_to_unix_socket(const std::string& path, const WaitLimit& limit);

}  // namespace adit
