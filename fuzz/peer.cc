#include "fuzz/peer.h"

#include <array>
#include <utility>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "fuzz/target.h"

namespace adit::fuzz {

Peer::Peer() {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path().copy(static_cast<char*>(address.sun_path), sizeof address.sun_path - 1);
  listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  require(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
              ::listen(listener_, 16) == 0,
          "a Unix socket can be made");
  thread_ = std::thread([this] { serve(); });
}

Peer::~Peer() {
  ::shutdown(listener_, SHUT_RDWR);
  thread_.join();
  ::close(listener_);
}

void Peer::play(std::vector<std::string> scripts) {
  const std::lock_guard lock(mutex_);
  scripts_ = std::move(scripts);
  next_ = 0;
}

std::string Peer::next_script() {
  const std::lock_guard lock(mutex_);
  return next_ < scripts_.size() ? std::move(scripts_[next_++]) : std::string();
}

void Peer::serve() {
  for (int connection = 0; (connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
    answer(connection);
    ::close(connection);
  }
}

void Peer::answer(int connection) {
  std::array<char, 65536> bytes{};
  if (::recv(connection, bytes.data(), bytes.size(), 0) <= 0) return;
  const auto script = next_script();
  for (std::size_t sent = 0; sent < script.size();) {
    const auto count = ::send(connection, script.data() + sent, script.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) return;
    sent += static_cast<std::size_t>(count);
  }
  ::shutdown(connection, SHUT_WR);
  while (::recv(connection, bytes.data(), bytes.size(), 0) > 0) {
  }
}

}  // namespace adit::fuzz
