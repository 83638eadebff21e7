#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

#include "cli/terminal/dev_certificate.h"

#include "console/admission.h"

namespace adit::cli {

/// The keys of the console: random ones, except that over HTTPS the session is made of the certificate's private key,
/// which only this user can read. So it stays the same as long as that key does, and a page that is open goes on after
/// a restart. The token, which is printed, is another one each time.
[[nodiscard]] console::Keys console_keys(const DevCertificate& certificate);

/// What the user presses to open the console.
inline constexpr std::string_view kConsoleKey = "o";

/// Opens the console in the user's browser: at once, and whenever the user presses `o` on the terminal, if stdin is
/// one. While this program is in the foreground, the terminal gives keys without Enter and does not show them.
class ConsoleOpener {
 public:
  /// `make_url` makes the URL that a browser is started with, which other users of the machine can read.
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
