#pragma once

// Runs an action's program in a child process, as a platform does: it has its own signals, streams, descriptors and
// environment.

#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adit/action.h"

#include "base/text/text.h"
#include "system/files/temporary_folder.h"

namespace adit {

struct Answer {
  int status = 0;
  std::string body;
};

/// Sends one request over this connection, which the server closes. `more` are further header lines with their line
/// ends.
inline Answer post_over(int fd, const std::string& path, const std::string& body, std::string_view more = {}) {
  if (fd < 0) return {};
  const auto request = cat("POST ", path,
                           " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
                           "Content-Length: ",
                           body.size(), "\r\n", more, "\r\n", body);
  for (std::string_view left = request; !left.empty();) {
    const auto count = ::send(fd, left.data(), left.size(), MSG_NOSIGNAL);
    if (count <= 0) break;
    left.remove_prefix(static_cast<std::size_t>(count));
  }
  std::string answer;
  std::array<char, 65536> chunk{};
  for (ssize_t count = 0; (count = ::read(fd, chunk.data(), chunk.size())) > 0;)
    answer.append(chunk.data(), static_cast<std::size_t>(count));
  ::close(fd);
  if (answer.size() < 12) return {};
  return {.status = std::atoi(answer.c_str() + 9), .body = answer.substr(answer.find("\r\n\r\n") + 4)};
}

/// Removes a platform's variables, which other tests of this program may have set.
inline void unset_platform_variables() {
  std::vector<std::string> names;
  for (char** variable = ::environ; variable != nullptr && *variable != nullptr; ++variable) {
    const std::string_view text(*variable);
    if (text.starts_with("__OW_")) names.emplace_back(text.substr(0, text.find('=')));
  }
  for (const auto& name : names) ::unsetenv(name.c_str());
}

/// Runs `serve_action` in a child process, whose stdout and stderr are files.
class ActionProcess {
 public:
  struct Options {
    std::vector<std::string> arguments{};
    std::vector<std::pair<std::string, std::string>> environment{};
    /// Make stdin a pipe instead of /dev/null.
    bool pipes_stdin = false;
    /// Make descriptor 3 a pipe. Otherwise it is closed.
    bool pipes_3 = false;
    /// Runs instead of serve_action. Its argument is the folder of the streams.
    std::function<int(const std::string& folder)> program{};
  };
  ActionProcess(const Handler& handler, const Options& options) {
    std::array<int, 2> in{-1, -1};
    std::array<int, 2> three{-1, -1};
    if (options.pipes_stdin && ::pipe2(in.data(), O_CLOEXEC) != 0) ADD_FAILURE() << "no pipe";
    if (options.pipes_3 && ::pipe2(three.data(), O_CLOEXEC) != 0) ADD_FAILURE() << "no pipe";
    ::signal(SIGPIPE, SIG_IGN);  // a program need not read all of its input
    std::fflush(nullptr);        // otherwise the child would write buffered text again
    pid_ = ::fork();
    if (pid_ == 0) {
      // First move the ends to numbers above 3.
      const int stdin_end = ::fcntl(in[0] >= 0 ? in[0] : ::open("/dev/null", O_RDONLY), F_DUPFD_CLOEXEC, 20);
      const int three_end = three[1] >= 0 ? ::fcntl(three[1], F_DUPFD_CLOEXEC, 20) : -1;
      ::close(in[1]);
      ::dup2(stdin_end, 0);
      ::dup2(::open(path("out").c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600), 1);
      ::dup2(::open(path("err").c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600), 2);
      if (three_end >= 0) {
        ::dup2(three_end, 3);
      } else {
        ::close(3);
      }
      for (int i = 4; i < 64; ++i) ::close(i);
      unset_platform_variables();
      for (const auto& [name, value] : options.environment) ::setenv(name.c_str(), value.c_str(), 1);
      int code = 0;
      if (options.program) {
        code = options.program(folder_);
      } else {
        auto arguments = options.arguments;
        std::string name = "action";
        std::vector<char*> pointers{name.data()};
        for (auto& argument : arguments) pointers.push_back(argument.data());
        code = serve_action(handler, static_cast<int>(pointers.size()), pointers.data());
      }
      std::fflush(nullptr);
      ::_exit(code);
    }
    if (in[0] >= 0) ::close(in[0]);
    if (three[1] >= 0) ::close(three[1]);
    stdin_ = in[1];
    three_ = three[0];
  }
  ActionProcess(const ActionProcess&) = delete;
  ActionProcess& operator=(const ActionProcess&) = delete;
  ~ActionProcess() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
    close_stdin();
    if (three_ >= 0) ::close(three_);
  }

  [[nodiscard]] std::string path(const std::string& name) const { return folder_ + "/" + name; }
  [[nodiscard]] std::string text(const std::string& name) const {
    return std::filesystem::exists(path(name)) ? read_file(path(name)) : "";
  }
  [[nodiscard]] pid_t pid() const { return pid_; }

  void write_stdin(std::string_view text) const {
    while (!text.empty()) {
      const auto count = ::write(stdin_, text.data(), text.size());
      if (count <= 0) return;
      text.remove_prefix(static_cast<std::size_t>(count));
    }
  }
  void close_stdin() {
    if (stdin_ >= 0) ::close(std::exchange(stdin_, -1));
  }
  /// Reads a line from descriptor 3, without its line end. Returns an empty string at the end of the stream.
  [[nodiscard]] std::string read_line_3() {
    std::array<char, 65536> chunk{};
    while (lines_.find('\n') == std::string::npos) {
      const auto count = ::read(three_, chunk.data(), chunk.size());
      if (count <= 0) return std::exchange(lines_, {});
      lines_.append(chunk.data(), static_cast<std::size_t>(count));
    }
    auto line = lines_.substr(0, lines_.find('\n'));
    lines_.erase(0, line.size() + 1);
    return line;
  }

  /// Waits until the log names the port on which the server listens. Returns 0, and fails the test, if it does not
  /// start.
  [[nodiscard]] int port() const {
    const auto until = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    while (std::chrono::steady_clock::now() < until) {
      const auto log = text("err");
      const auto at = log.find("listening on http://");
      if (at != std::string::npos && log.find('\n', at) != std::string::npos)
        return std::atoi(log.c_str() + log.find(':', at + 20) + 1);
      ::poll(nullptr, 0, 2);
    }
    ADD_FAILURE() << "the server did not start";
    return 0;
  }

  /// Waits for the end of the process. Returns its exit code, or the negated number of the signal that ended it. Sends
  /// `signal` first if it is not 0.
  int end(int signal = 0) {
    if (signal != 0) ::kill(pid_, signal);
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

 private:
  const TemporaryFolder temporary_{::testing::TempDir() + "adit-action"};
  const std::string folder_ = temporary_.path().string();
  std::string lines_;
  int stdin_ = -1;
  int three_ = -1;
  pid_t pid_ = -1;
};

/// Connects to a port of this machine. Returns -1 if nothing listens there.
inline int connect_to(int port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return fd;
  ::close(fd);
  return -1;
}

/// Connects to a Unix socket. Returns -1 if nothing listens there.
inline int connect_to(const std::string& path) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return fd;
  ::close(fd);
  return -1;
}

}  // namespace adit
