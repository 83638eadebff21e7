#include "system/connect.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/system_reason.h"
#include "base/text/text.h"

namespace adit {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

[[noreturn]] void fail(std::string reason) { throw ConnectionFailure{std::move(reason)}; }
[[noreturn]] void fail_with(int error) { fail(system_reason(error)); }

Descriptor connect_to(const addrinfo& address, const WaitLimit& limit) {
  Descriptor made(socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!made) fail_with(errno);
  if (connect(made.get(), address.ai_addr, address.ai_addrlen) != 0) {
    if (errno != EINPROGRESS) fail_with(errno);
    wait_for(made.get(), POLLOUT, limit);
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(made.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) fail_with(error);
  }
  const int on = 1;
  setsockopt(made.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(made.get(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  return made;
}

using Addresses = std::unique_ptr<addrinfo, void (*)(addrinfo*)>;

/// A call of getaddrinfo() and its result. It may run on another thread.
struct Lookup {
  std::string host;
  std::string port;
  /// An eventfd that is readable when the call has ended.
  Descriptor ended{};
  std::mutex mutex;
  int error = 0;
  Addresses found{nullptr, freeaddrinfo};

  int run(int flags) {
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    wanted.ai_flags = flags;
    addrinfo* list = nullptr;
    const int failed = getaddrinfo(host.c_str(), port.c_str(), &wanted, &list);
    const std::scoped_lock lock(mutex);
    error = failed;
    if (failed == 0) found.reset(list);
    return failed;
  }
};

/// Resolves the host. getaddrinfo() has no time limit, and cannot be interrupted: it runs on a detached thread, which
/// is abandoned at the limit.
Addresses resolve(const std::string& host, const std::string& port, const WaitLimit& limit) {
  const auto lookup = std::make_shared<Lookup>();
  lookup->host = host;
  lookup->port = port;
  if (lookup->run(AI_NUMERICHOST) == 0) return std::move(lookup->found);  // an IP address needs no resolver
  lookup->ended = Descriptor(eventfd(0, EFD_CLOEXEC));
  if (!lookup->ended) fail_with(errno);
  try {
    std::thread([lookup] {
      lookup->run(0);
      eventfd_write(lookup->ended.get(), 1);
    }).detach();
  } catch (const std::system_error& error) {
    fail(cat("its name cannot be resolved: ", error.what()));
  }
  try {
    wait_for(lookup->ended.get(), POLLIN, limit);
  } catch (const ConnectionFailure&) {
    fail("its name was not resolved in time");
  }
  const std::scoped_lock lock(lookup->mutex);
  if (lookup->error != 0) fail(gai_strerror(lookup->error));
  return std::move(lookup->found);
}

}  // namespace

milliseconds time_left(const WaitLimit& limit) {
  const auto left = std::chrono::ceil<milliseconds>(limit.deadline - steady_clock::now());
  if (left <= milliseconds(0)) fail("no answer in time");
  return left;
}

void wait_for(int descriptor, short events, const WaitLimit& limit) {
  while (true) {
    std::array<pollfd, 2> waits{{{descriptor, events, 0}, {limit.stop, POLLIN, 0}}};  // poll() ignores -1
    const int count = poll(waits.data(), waits.size(), static_cast<int>(time_left(limit).count()));
    if (waits[1].revents != 0) fail("the wait was ended");
    if (count > 0) return;
    if (count < 0 && errno != EINTR) fail_with(errno);
  }
}

Descriptor connect_to_host(const std::string& host, const std::string& port, const WaitLimit& limit,
                           milliseconds address_timeout) {
  const auto found = resolve(host, port, limit);
  std::optional<ConnectionFailure> first;
  for (const auto* one = found.get(); one != nullptr; one = one->ai_next) {
    try {
      return connect_to(*one, {std::min(limit.deadline, steady_clock::now() + address_timeout), limit.stop});
    } catch (const ConnectionFailure& failure) {
      if (!first) first = failure;
      if (steady_clock::now() >= limit.deadline) break;
    }
  }
  throw first.value_or(ConnectionFailure{"the host has no address"});
}

Descriptor connect_to_unix_socket(const std::string& path, const WaitLimit& limit) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) fail("the socket's path is too long");
  path.copy(static_cast<char*>(address.sun_path), path.size());
  Descriptor made(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!made) fail_with(errno);
  // While the server's queue is full, poll() cannot wait for a Unix socket. SO_SNDTIMEO limits a blocking connect().
  const auto left = time_left(limit).count();
  const timeval timeout{left / 1000, left % 1000 * 1000};
  setsockopt(made.get(), SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
  if (connect(made.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail_with(errno);
  fcntl(made.get(), F_SETFL, fcntl(made.get(), F_GETFL) | O_NONBLOCK);
  return made;
}

}  // namespace adit
