#include "http/server/waiting_clients.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <ctime>

#include <sys/socket.h>
#include <sys/uio.h>

namespace adit::http {
namespace {

constexpr std::string_view kHead =
    "HTTP/1.1 502 Bad Gateway\r\nContent-Type: application/json\r\nAdit-Process-Ends: true\r\nConnection: close\r\n"
    "Content-Length: ";

/// Does not wait for a socket that cannot take the response at once, because the process is ending.
void send_last(int descriptor, std::string_view json) noexcept {
  std::array<char, 24> length{};
  char* const end = std::to_chars(length.data(), length.data() + length.size() - 4, json.size()).ptr;
  constexpr std::string_view kBreak = "\r\n\r\n";
  const auto length_size = static_cast<std::size_t>(kBreak.copy(end, kBreak.size()) + (end - length.data()));
  std::array<iovec, 3> parts{iovec{const_cast<char*>(kHead.data()), kHead.size()}, iovec{length.data(), length_size},
                             iovec{const_cast<char*>(json.data()), json.size()}};
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  while (::sendmsg(descriptor, &message, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 && errno == EINTR) {
  }
}

}  // namespace

WaitingClients::Slot* WaitingClients::add(int descriptor) noexcept {
  for (std::size_t tried = 0; tried < size_; ++tried) {
    auto& slot = slots_[next_];
    next_ = (next_ + 1) % size_;
    if (slot.load(std::memory_order_relaxed) != 0) continue;
    slot = descriptor;
    return &slot;
  }
  return nullptr;
}

bool WaitingClients::begin_sending(Slot* slot) noexcept {
  if (slot == nullptr) return true;
  int descriptor = *slot;
  return descriptor > 0 && slot->compare_exchange_strong(descriptor, -descriptor);
}

void WaitingClients::remove(Slot*& slot) noexcept {
  if (slot != nullptr) *slot = 0;
  slot = nullptr;
}

int WaitingClients::answer_all(std::string_view json) noexcept {
  int answered = 0;
  bool sending = false;
  for (std::size_t i = 0; i < size_; ++i) {
    int descriptor = slots_[i];
    if (descriptor > 0 && slots_[i].compare_exchange_strong(descriptor, 0)) {
      send_last(descriptor, json);
      ++answered;
    }
    sending = sending || slots_[i] < 0;
  }
  for (int waited_ms = 0; sending && waited_ms < 100; ++waited_ms) {
    const timespec pause{.tv_sec = 0, .tv_nsec = 1'000'000};
    ::nanosleep(&pause, nullptr);
    sending = false;
    for (std::size_t i = 0; i < size_; ++i) sending = sending || slots_[i] < 0;
  }
  return answered;
}

}  // namespace adit::http
