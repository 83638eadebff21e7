// Preloaded into a program: makes one allocation fail, the ADIT_FAIL_AT-th after main() has begun, whether the program,
// the C++ library, OpenSSL, libcurl or hiredis makes it. Without ADIT_FAIL_AT, writes the number of allocations to the
// file that ADIT_COUNT_FILE names when the program ends. A crash handler writes to stderr in which libraries a crash
// happened.
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include <dlfcn.h>
#include <execinfo.h>
#include <unistd.h>

extern "C" {

void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);

namespace {

using Main = int (*)(int, char**, char**);

constinit std::atomic<long> made{0};
constinit std::atomic<bool> counting{false};
constinit long fail_at = 0;
constinit Main program = nullptr;

bool fails() {
  if (!counting || ++made != fail_at) return false;
  errno = ENOMEM;
  return true;
}

void write_count() {
  const char* path = std::getenv("ADIT_COUNT_FILE");
  std::FILE* file = path == nullptr ? nullptr : std::fopen(path, "w");
  if (file == nullptr) return;
  std::fprintf(file, "%ld", made.load());
  std::fclose(file);
}

void on_crash(int number) {
  std::array<void*, 32> frames{};
  backtrace_symbols_fd(frames.data(), backtrace(frames.data(), frames.size()), STDERR_FILENO);
  std::signal(number, SIG_DFL);
  std::raise(number);
}

int counted_main(int argc, char** argv, char** environment) {
  const char* text = std::getenv("ADIT_FAIL_AT");
  fail_at = text == nullptr ? 0 : std::atol(text);
  std::array<void*, 1> frame{};
  backtrace(frame.data(), frame.size());  // loads the libraries that the handler needs
  for (const int crash : {SIGSEGV, SIGBUS, SIGABRT}) std::signal(crash, on_crash);
  counting = true;
  const int code = program(argc, argv, environment);
  counting = false;
  if (fail_at == 0) write_count();
  return code;
}

}  // namespace

__attribute__((visibility("default"))) void* malloc(std::size_t size) noexcept {
  return fails() ? nullptr : __libc_malloc(size);
}
__attribute__((visibility("default"))) void* calloc(std::size_t count, std::size_t size) noexcept {
  return fails() ? nullptr : __libc_calloc(count, size);
}
__attribute__((visibility("default"))) void* realloc(void* memory, std::size_t size) noexcept {
  return fails() ? nullptr : __libc_realloc(memory, size);
}
__attribute__((visibility("default"))) void* memalign(std::size_t alignment, std::size_t size) noexcept {
  return fails() ? nullptr : __libc_memalign(alignment, size);
}
__attribute__((visibility("default"))) void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  return memalign(alignment, size);
}
__attribute__((visibility("default"))) int posix_memalign(void** memory, std::size_t alignment,
                                                          std::size_t size) noexcept {
  if (fails()) return ENOMEM;
  *memory = __libc_memalign(alignment, size);
  return *memory == nullptr ? ENOMEM : 0;
}

// Wraps the C library's function that calls main(): allocations before it are those of the loader and of libraries.
__attribute__((visibility("default"))) int __libc_start_main(Main start, int argc, char** argv, void (*init)(),
                                                             void (*fini)(), void (*rtld_fini)(), void* stack_end) {
  using Start = int (*)(Main, int, char**, void (*)(), void (*)(), void (*)(), void*);
  program = start;
  const auto real = reinterpret_cast<Start>(dlsym(RTLD_NEXT, "__libc_start_main"));
  return real(counted_main, argc, argv, init, fini, rtld_fini, stack_end);
}
}
