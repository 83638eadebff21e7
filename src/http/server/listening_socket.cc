#include "http/server/listening_socket.h"

#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "adit/error.h"

#include "base/system_reason.h"
#include "base/text/text.h"

namespace adit::http {
namespace {

constexpr int kBacklog = 4096;

Error listen_failed(const ServerOptions& options, const std::string& reason) {
  return Error::failure("listen_failed",
                        cat("Cannot listen on ", options.host, " port ", options.port, ": ", reason, '.'));
}

[[noreturn]] void fail_at_port(const ServerOptions& options, const std::string& reason) {
  throw listen_failed(options, reason)
      .hint(
          "Another program may use the port, or the address does not belong to this machine. Port 0 picks a free one.");
}

[[noreturn]] void fail_at_path(const std::string& path, std::string_view reason, std::string_view hint) {
  throw Error::failure("listen_failed", cat("Cannot listen on the Unix socket ", path, ": ", reason, '.'))
      .hint(std::string(hint));
}

Descriptor open_socket(int family) { return Descriptor(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)); }

bool set_option(const Descriptor& socket, int level, int name, int value) {
  return ::setsockopt(socket.get(), level, name, &value, sizeof value) == 0;
}

using Addresses = std::unique_ptr<addrinfo, void (*)(addrinfo*)>;

Addresses resolve(const ServerOptions& options) {
  std::string_view host = options.host;
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int result = ::getaddrinfo(std::string(host).c_str(), std::to_string(options.port).c_str(), &wanted, &found);
  if (result != 0)
    throw listen_failed(options, result == EAI_SYSTEM ? system_reason() : ::gai_strerror(result))
        .hint(
            "The host must be a name or an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all addresses.");
  return {found, &::freeaddrinfo};
}

bool is_unspecified(const addrinfo& address) {
  sockaddr_in6 inet6{};
  std::memcpy(&inet6, address.ai_addr, std::min<std::size_t>(address.ai_addrlen, sizeof inet6));
  return IN6_IS_ADDR_UNSPECIFIED(&inet6.sin6_addr);
}

/// Whether this machine has the address `host`. A machine may have no IPv6, or no IPv6 loopback address.
bool is_local_address(const std::string& host) {
  ServerOptions options;
  options.host = host;
  const auto address = resolve(options);
  const Descriptor socket = open_socket(address->ai_family);
  return socket.get() >= 0 && ::bind(socket.get(), address->ai_addr, address->ai_addrlen) == 0;
}

std::uint16_t port_of(int descriptor) {
  sockaddr_in6 address{};  // IPv4 addresses have the port at the same offset
  socklen_t size = sizeof address;
  ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin6_port);
}

/// Removes the socket's file if no server listens there: a server that was killed leaves it behind. Throws if a server
/// listens, or if the file is not a socket.
void clear_stale(const std::string& path, const sockaddr_un& address) {
  struct stat file {};
  if (::lstat(path.c_str(), &file) != 0) return;
  if (!S_ISSOCK(file.st_mode))
    fail_at_path(path, "a file that is not a socket has this name", "Choose another path, or remove the file.");
  const Descriptor probe = open_socket(AF_UNIX);
  const bool answers = ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  if (answers || errno != ECONNREFUSED)
    fail_at_path(path, answers ? "another server listens there" : system_reason(),
                 "Stop the other server, or choose another path.");
  ::unlink(path.c_str());
}

}  // namespace

ListeningSocket::ListeningSocket(const ServerOptions& options) {
  if (options.unix_path.empty())
    listen_at_port(options);
  else
    listen_at_path(options.unix_path);
}

void ListeningSocket::listen_at_port(const ServerOptions& options) {
  const auto addresses = resolve(options);
  const auto& address = *addresses;
  Descriptor socket = open_socket(address.ai_family);
  const bool only_v6 = address.ai_family == AF_INET6 && !is_unspecified(address);
  if (socket.get() < 0 || !set_option(socket, SOL_SOCKET, SO_REUSEADDR, 1) ||
      (address.ai_family == AF_INET6 && !set_option(socket, IPPROTO_IPV6, IPV6_V6ONLY, only_v6 ? 1 : 0)) ||
      ::bind(socket.get(), address.ai_addr, address.ai_addrlen) != 0 || ::listen(socket.get(), kBacklog) != 0)
    fail_at_port(options, system_reason());
  family_ = address.ai_family;
  port_ = port_of(socket.get());
  descriptor_ = std::move(socket);
}

void ListeningSocket::listen_at_path(const std::string& path) {
  constexpr std::string_view kHint = "The folder must exist and be writable.";
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path || path.find('\0') != std::string::npos)
    fail_at_path(path, cat("the path has more than ", sizeof address.sun_path - 1, " bytes, or a NUL"),
                 "Choose a shorter one, such as in /tmp or XDG_RUNTIME_DIR.");
  path.copy(address.sun_path, path.size());
  clear_stale(path, address);
  Descriptor socket = open_socket(AF_UNIX);
  // Linux creates the file with the mode of the socket, so other users can never connect.
  if (socket.get() < 0 || ::fchmod(socket.get(), S_IRUSR | S_IWUSR) != 0 ||
      ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    fail_at_path(path, system_reason(), kHint);
  struct stat file {};
  if (::lstat(path.c_str(), &file) == 0) {
    path_ = path;
    device_ = file.st_dev;
    inode_ = file.st_ino;
  }
  if (::listen(socket.get(), kBacklog) != 0) {
    const auto reason = system_reason();
    remove_file();
    fail_at_path(path, reason, kHint);
  }
  family_ = AF_UNIX;
  descriptor_ = std::move(socket);
}

int ListeningSocket::release() { return descriptor_.release(); }

void ListeningSocket::remove_file() {
  struct stat file {};
  if (!path_.empty() && ::lstat(path_.c_str(), &file) == 0 && file.st_dev == device_ && file.st_ino == inode_)
    ::unlink(path_.c_str());
  path_.clear();
}

std::vector<std::unique_ptr<ListeningSocket>> open_listening_sockets(const ServerOptions& options) {
  constexpr int kMaxTries = 20;
  const bool two = options.unix_path.empty() && !options.second_host.empty() && is_local_address(options.second_host);
  for (int tries = 1;; ++tries) {
    std::vector<std::unique_ptr<ListeningSocket>> all;
    all.push_back(std::make_unique<ListeningSocket>(options));
    if (!two) return all;
    auto second = options;
    second.host = options.second_host;
    second.port = all.front()->port();
    try {
      all.push_back(std::make_unique<ListeningSocket>(second));
      return all;
    } catch (const Error&) {
      // A port that is free at the first address may be in use at the second one.
      if (options.port != 0 || tries == kMaxTries) throw;
    }
  }
}

}  // namespace adit::http
