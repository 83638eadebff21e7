#include "cli/terminal/interrupts.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <ctime>

#include <semaphore.h>

namespace adit::cli {
namespace {

constexpr std::array<int, 3> kSignals = {SIGINT, SIGTERM, SIGHUP};
/// The last signal.
std::atomic<int> received = 0;
/// A bit for each signal that was received and not taken yet.
std::atomic<unsigned> untaken = 0;
static_assert(decltype(received)::is_always_lock_free && decltype(untaken)::is_always_lock_free,
              "a handler may use them (signal-safety(7))");

/// A semaphore that counts the signals received: a handler may post it (signal-safety(7)), and a thread can wait for
/// it.
sem_t* arrivals() {
  static sem_t semaphore = [] {
    sem_t made{};
    ::sem_init(&made, 0, 0);
    return made;
  }();
  return &semaphore;
}

}  // namespace

Interrupts::Interrupts() {
  received = 0;
  untaken = 0;
  while (::sem_trywait(arrivals()) == 0) {
  }
  struct sigaction action {};
  action.sa_handler = [](int number) {
    const int error = errno;
    untaken |= 1U << static_cast<unsigned>(number);
    received = number;
    ::sem_post(arrivals());
    errno = error;
  };
  for (const int number : kSignals) {
    struct sigaction before {};
    // nohup starts programs with SIGHUP ignored, which stays so. A script's shell starts background jobs with SIGINT
    // ignored; a SIGINT that is sent to this process nevertheless is meant for it.
    ::sigaction(number, nullptr, &before);
    if (number != SIGHUP || before.sa_handler != SIG_IGN) ::sigaction(number, &action, nullptr);
  }
}

Interrupts::~Interrupts() {
  for (const int number : kSignals) {
    struct sigaction now {};
    ::sigaction(number, nullptr, &now);
    if (now.sa_handler != SIG_IGN) std::signal(number, SIG_DFL);
  }
}

int Interrupts::signal() noexcept { return received; }

int Interrupts::take() noexcept {
  received = 0;
  for (const int number : kSignals) {
    const unsigned bit = 1U << static_cast<unsigned>(number);
    if ((untaken.fetch_and(~bit) & bit) != 0) return number;
  }
  return 0;
}

void Interrupts::wait() noexcept {
  while (received == 0) ::sem_wait(arrivals());
}

bool Interrupts::sleep(std::chrono::milliseconds duration) noexcept {
  timespec end{};
  ::clock_gettime(CLOCK_MONOTONIC, &end);
  const auto nanoseconds = end.tv_nsec + std::chrono::nanoseconds(duration % std::chrono::seconds(1)).count();
  end.tv_sec += duration / std::chrono::seconds(1) + nanoseconds / 1'000'000'000;
  end.tv_nsec = nanoseconds % 1'000'000'000;
  while (received == 0) {
    if (::sem_clockwait(arrivals(), CLOCK_MONOTONIC, &end) != 0 && errno == ETIMEDOUT) break;
  }
  return received == 0;
}

}  // namespace adit::cli
