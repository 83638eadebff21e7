#pragma once

#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "fuzz/folder.h"

namespace adit::fuzz {

/// A server on a Unix socket that answers with prepared scripts. Each connection gets the next script after its first
/// bytes have arrived, and is then closed.
class Peer {
 public:
  Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  ~Peer();

  [[nodiscard]] std::string path() const { return folder_.path("socket"); }
  /// Sets the scripts for the next connections, in order. Connections after the last script get no answer.
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
