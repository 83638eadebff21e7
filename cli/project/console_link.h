#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

#include "cli/project/dev_certificate.h"

#include "console/access_check.h"

namespace adit::cli {

/// Returns the keys of the console. They are random, except that over HTTPS the session key is derived from the
/// certificate's private key, which only this user can read. So it stays the same as long as that key does, and an open
/// page continues after a restart. The token, which is printed, is different each time.
[[nodiscard]] console::Keys console_keys(const DevCertificate& certificate);

/// The key that opens the console.
inline constexpr std::string_view kConsoleKey = "o";

/// Opens the console in the user's browser: immediately if requested, and whenever the user presses `o`, if stdin is a
/// terminal. While this program is in the foreground, the terminal delivers keys without Enter and does not show them.
class ConsoleOpener {
 public:
  /// `make_url` returns the URL with which the browser is started. Other users of the machine can read it.
  ConsoleOpener(std::function<std::string()> make_url, bool at_once);
  ~ConsoleOpener();
  ConsoleOpener(const ConsoleOpener&) = delete;
  ConsoleOpener& operator=(const ConsoleOpener&) = delete;

 private:
  void listen();
  void open();

  std::function<std::string()> make_url_;
  std::atomic<bool> ending_{false};
  int browser_ = -1;
  std::thread listener_;
};

}  // namespace adit::cli
