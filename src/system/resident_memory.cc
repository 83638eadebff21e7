#include "system/resident_memory.h"

#include <fstream>

#include <unistd.h>

#include "base/text/text.h"

namespace adit {

std::size_t resident_bytes(pid_t process) {
  // /proc/PID/statm (proc(5)) begins with the total size and the resident set, in pages.
  std::ifstream file(cat("/proc/", process, "/statm"));
  std::size_t size = 0;
  std::size_t resident = 0;
  if (!(file >> size >> resident)) return 0;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace adit
