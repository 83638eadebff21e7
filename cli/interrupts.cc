#include "cli/interrupts.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <thread>

namespace adit::cli {
namespace {

constexpr std::array<int, 3> kSignals = {SIGINT, SIGTERM, SIGHUP};
volatile std::sig_atomic_t received = 0;

}  // namespace

Interrupts::Interrupts() {
  received = 0;
  struct sigaction action {};
  action.sa_handler = [](int number) { received = number; };
  for (const int number : kSignals) {
    struct sigaction before {};
    // nohup has SIGHUP ignored, which stays so. A script's shell has SIGINT ignored for what it puts into the
    // background; whoever sends it to us all the same means it.
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

bool Interrupts::sleep(std::chrono::milliseconds duration) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + duration;
  for (auto now = Clock::now(); now < end && received == 0; now = Clock::now())
    std::this_thread::sleep_for(std::min<Clock::duration>(end - now, std::chrono::milliseconds(50)));
  return received == 0;
}

}  // namespace adit::cli
