#pragma once

#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "fuzz/folder.h"

namespace adit::fuzz {

/// A server on a Unix socket that says what it is told to, whatever it is asked: each connection gets the next script
/// after its first bytes have come, and is closed.
class Peer {
 public:
  Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  ~Peer();

  [[nodiscard]] std::string path() const { return folder_.path("socket"); }
  /// For the connections from now on, in order; those past the last script get nothing.
  void play(std::vector<std::string> scripts);

 private:
  void serve();
  void answer(int connection);
  std::string next_script();

  Folder folder_;
  int listener_ = -1;
  std::mutex mutex_;
  std::vector<std::string> scripts_;
  std::size_t next_ = 0;
  std::thread thread_;
};

}  // namespace adit::fuzz
