#include "cli/project/console_link.h"

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include <poll.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "adit/base64.h"
#include "cli/terminal/terminal.h"

#include "base/secret/wiping.h"
#include "base/text/text.h"
#include "crypto/sha256.h"
#include "system/process/find_program.h"
#include "system/process/spawn.h"

namespace adit::cli {
namespace {

/// Starts the first opener that the system has, and returns its process id; -1 if it has none.
int spawn_opener(const std::string& url) {
  for (const char* name : {"xdg-open", "open"}) {
    const auto program = find_program(name);
    if (program.empty()) continue;
    const auto opener = spawn({.program = program,
                               .arguments = {url},
                               .environment = own_environment(),
                               .folder = {},
                               .descriptors = {},
                               .kind = ChildKind::detached});  // so that Ctrl-C here does not end the browser
    if (opener.error == 0) return opener.pid;
  }
  return -1;
}

bool is_in_foreground() { return ::isatty(STDIN_FILENO) == 1 && ::tcgetpgrp(STDIN_FILENO) == ::getpgrp(); }

/// While this object exists, the terminal delivers each key immediately and does not show it. Ctrl-C and Ctrl-Z remain
/// signals.
class SingleKeys {
 public:
  SingleKeys() = default;
  ~SingleKeys() {
    if (before_ && is_in_foreground()) ::tcsetattr(STDIN_FILENO, TCSANOW, &*before_);
  }
  SingleKeys(const SingleKeys&) = delete;
  SingleKeys& operator=(const SingleKeys&) = delete;

  /// Restores these settings; call it often. A shell replaces them when it moves this program to the background and
  /// back.
  void keep() {
    termios now{};
    if (::tcgetattr(STDIN_FILENO, &now) != 0 || (now.c_lflag & ICANON) == 0) return;
    before_ = now;
    now.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    now.c_cc[VMIN] = 1;
    now.c_cc[VTIME] = 0;
    ::tcsetattr(STDIN_FILENO, TCSANOW, &now);
  }

 private:
  std::optional<termios> before_;
};

}  // namespace

console::Keys console_keys(const DevCertificate& certificate) {
  auto keys = console::make_keys();
  const auto& key = certificate.identity.private_key_pem;
  if (key.empty()) return keys;
  WipedString text("adit console\n");
  append_wiping(text, key.reveal());
  const auto digest = sha256(text);
  keys.session = Secret(base64url_encode(bytes_of(digest)));
  return keys;
}

ConsoleOpener::ConsoleOpener(std::function<std::string()> make_url, bool at_once) : make_url_(std::move(make_url)) {
  if (at_once) open();
  listener_ = std::thread([this] { listen(); });
}

ConsoleOpener::~ConsoleOpener() {
  ending_ = true;
  listener_.join();
}

void ConsoleOpener::open() {
  if (browser_ > 0) ::waitpid(browser_, nullptr, WNOHANG);
  browser_ = spawn_opener(make_url_());
  if (browser_ < 0) note("There is no xdg-open here; open the console's URL by hand");
}

void ConsoleOpener::listen() {
  constexpr int kTickMs = 250;
  std::array<char, 256> typed{};
  bool at_end = false;
  SingleKeys keys;
  while (!ending_) {
    const bool listens = !at_end && is_in_foreground();
    if (listens) keys.keep();
    pollfd watched{.fd = listens ? STDIN_FILENO : -1, .events = POLLIN, .revents = 0};
    if (::poll(&watched, 1, kTickMs) <= 0 || watched.revents == 0) continue;
    const auto count = ::read(STDIN_FILENO, typed.data(), typed.size());
    at_end = count <= 0;
    if (!at_end && std::string_view(typed.data(), static_cast<std::size_t>(count)) == kConsoleKey) open();
  }
}

}  // namespace adit::cli
