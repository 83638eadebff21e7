#pragma once

#include <atomic>
#include <string>
#include <thread>

#include "adit/secret.h"
#include "cli/terminal/dev_certificate.h"

namespace adit::cli {

/// The token that a browser brings to the console. Over HTTPS it is made of the certificate's private key, which only
/// this user can read, and so stays the same as long as the key does: a page that is open goes on after a restart.
/// Over HTTP, and where the key could not be kept, it is random.
[[nodiscard]] Secret console_token(const DevCertificate& certificate);

/// Opens the console in the user's browser: at once, and whenever the user types `o` and Enter on the terminal. Reads
/// the terminal only while this program is in its foreground.
class ConsoleOpener {
 public:
  ConsoleOpener(std::string url, bool at_once);
  ~ConsoleOpener();
  ConsoleOpener(const ConsoleOpener&) = delete;
  ConsoleOpener& operator=(const ConsoleOpener&) = delete;

 private:
  void listen();
  void open();

  std::string url_;
  std::atomic<bool> ending_{false};
  int browser_ = -1;
  std::thread listener_;
};

}  // namespace adit::cli
