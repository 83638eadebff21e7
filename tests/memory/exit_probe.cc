// exit_probe CANARIES PROGRAM [ARGUMENT…]: runs the program, stops it when it exits, after it has freed everything but
// while its memory still exists, and searches the memory for the canaries. CANARIES has lines of a name and a text in
// base64. Prints a line for each canary that is found, on descriptor 3, and exits as the program does.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adit/base64.h"

#include "base/secret/canaries_fixture.h"

namespace {

adit::test::Canaries canaries_of(const char* path) {
  adit::test::Canaries canaries;
  std::ifstream lines(path);
  for (std::string name, text; lines >> name >> text;) canaries.add(name, adit::base64_decode(text).value());
  return canaries;
}

int fail(const char* what) {
  std::perror(what);
  return 125;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 125;
  const auto canaries = canaries_of(argv[1]);
  const pid_t child = ::fork();
  if (child == 0) {
    // The dynamic linker would save registers on the stack when it resolves a function at its first call.
    ::setenv("LD_BIND_NOW", "1", 1);
    ::close(3);
    if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) std::_Exit(fail("ptrace"));
    ::execv(argv[2], argv + 2);
    std::_Exit(fail(argv[2]));
  }
  bool begun = false;
  for (int status = 0; ::waitpid(child, &status, 0) == child;) {
    if (WIFEXITED(status)) return WEXITSTATUS(status);
    if (WIFSIGNALED(status)) return 128 + WTERMSIG(status);
    int signal = WSTOPSIG(status);
    if (status >> 8 == (SIGTRAP | PTRACE_EVENT_EXIT << 8)) {
      for (const auto& hit : canaries.found(std::to_string(child))) ::dprintf(3, "%s\n", hit.c_str());
      signal = 0;
    } else if (!begun) {
      begun = true;
      signal = 0;
      if (::ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL) != 0)
        return fail("ptrace");
    }
    ::ptrace(PTRACE_CONT, child, nullptr, signal);
  }
  return fail("waitpid");
}
