#include "system/process/process_tree.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/text/text.h"
#include "system/files/read_if_possible.h"

namespace adit {
namespace {

/// Returns an empty string if the process has ended, or belongs to another user.
std::string read_proc(pid_t pid, std::string_view name) {
  return read_if_possible(cat("/proc/", pid, '/', name)).value_or("");
}

/// Returns {process, its parent} for all running processes.
std::vector<std::pair<pid_t, pid_t>> all_processes() {
  std::vector<std::pair<pid_t, pid_t>> all;
  std::error_code error;
  for (auto entry = std::filesystem::directory_iterator("/proc", error);
       !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const auto name = entry->path().filename().string();
    pid_t pid = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), pid).ec != std::errc()) continue;
    // `1234 (any name) S 1 …`; the name may contain parentheses.
    const auto stat = read_proc(pid, "stat");
    const auto end = stat.rfind(") ");
    pid_t parent = 0;
    if (end == std::string::npos || end + 4 > stat.size()) continue;
    std::from_chars(stat.data() + end + 4, stat.data() + stat.size(), parent);
    all.emplace_back(pid, parent);
  }
  return all;
}

bool was_started_with(pid_t pid, std::string_view variable) {
  return cat('\0', read_proc(pid, "environ")).find(cat('\0', variable, '\0')) != std::string::npos;
}

}  // namespace

std::vector<pid_t> descendants_of(pid_t root) {
  const auto all = all_processes();
  std::vector<pid_t> found = {root};
  for (std::size_t at = 0; at < found.size(); ++at) {
    for (const auto& [pid, parent] : all)
      if (parent == found[at] && std::ranges::find(found, pid) == found.end()) found.push_back(pid);
  }
  found.erase(found.begin());
  return found;
}

std::vector<pid_t> freeze_tree(pid_t root) {
  constexpr int kRounds = 20;
  ::kill(root, SIGSTOP);
  std::vector<pid_t> stopped;
  for (int round = 0; round < kRounds; ++round) {
    const auto now = descendants_of(root);
    if (std::ranges::all_of(now, [&](pid_t pid) { return std::ranges::find(stopped, pid) != stopped.end(); })) break;
    for (const auto pid : now) ::kill(pid, SIGSTOP);
    stopped = now;
  }
  return stopped;
}

void kill_descendants_with(std::string_view variable) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  std::vector<pid_t> ending;
  do {
    for (const auto pid : descendants_of(::getpid())) {
      if (!was_started_with(pid, variable)) continue;
      ::kill(pid, SIGKILL);
      if (std::ranges::find(ending, pid) == ending.end()) ending.push_back(pid);
    }
    // Their own children become children of this process, and are found in the next round.
    std::erase_if(ending, [](pid_t pid) {
      int status = 0;
      return ::waitpid(pid, &status, WNOHANG) == pid || (::kill(pid, 0) != 0 && errno == ESRCH);
    });
    if (ending.empty()) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  } while (std::chrono::steady_clock::now() < end);
}

void kill_all_with(std::string_view variable) {
  // Repeats until none is left, because one of them may have forked meanwhile.
  constexpr int kRounds = 20;
  for (int round = 0; round < kRounds; ++round) {
    bool found = false;
    for (const auto& [pid, parent] : all_processes()) {
      // Opens the descriptor before reading the environment. Otherwise the pid could be reused in between, and another
      // process would be killed.
      const Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
      if (pid == ::getpid() || !process || !was_started_with(pid, variable)) continue;
      found = ::syscall(SYS_pidfd_send_signal, process.get(), SIGKILL, nullptr, 0) == 0 || found;
    }
    if (!found) return;
  }
}

}  // namespace adit
