// The program `exec` of a package. Starts bin/action, which is beside it, with the loader and the libraries in lib/. So
// the package needs nothing of the system, not even a shell. This program itself uses no C library, because the system
// would have to provide it. For Linux on x86-64 and arm64.

namespace {

// Numbers of system calls: syscall(2) says where the kernel lists them.
#if defined(__x86_64__)
constexpr long kWrite = 1;
constexpr long kSendfile = 40;
constexpr long kExecve = 59;
constexpr long kExit = 60;
constexpr long kChdir = 80;
constexpr long kOpenAt = 257;
constexpr long kReadlinkAt = 267;
constexpr long kMemfdCreate = 319;
constexpr long kExecveAt = 322;
#define LOADER "lib/ld-linux-x86-64.so.2"
#elif defined(__aarch64__)
constexpr long kChdir = 49;
constexpr long kOpenAt = 56;
constexpr long kWrite = 64;
constexpr long kSendfile = 71;
constexpr long kReadlinkAt = 78;
constexpr long kExit = 93;
constexpr long kExecve = 221;
constexpr long kMemfdCreate = 279;
constexpr long kExecveAt = 281;
#define LOADER "lib/ld-linux-aarch64.so.1"
#else
#error "The launcher knows only the system calls of x86-64 and arm64."
#endif
constexpr long kCurrentFolder = -100;          // AT_FDCWD, openat(2)
constexpr long kCloseOnExec = 02000000;        // O_CLOEXEC
constexpr long kMemoryCloseOnExec = 0x1;       // MFD_CLOEXEC
constexpr long kMemoryExecutable = 0x10;       // MFD_EXEC, since Linux 6.3
constexpr long kEmptyPath = 0x1000;            // AT_EMPTY_PATH
constexpr unsigned long kExecutableName = 31;  // AT_EXECFN, getauxval(3)
constexpr int kMaxPath = 4096;
constexpr int kMaxStrings = 16'384;

long system_call(long number, long a, long b, long c, long d = 0, long e = 0) {
#if defined(__x86_64__)
  long result = 0;
  register long fourth asm("r10") = d;
  register long fifth asm("r8") = e;
  asm volatile("syscall"
               : "=a"(result)
               : "a"(number), "D"(a), "S"(b), "d"(c), "r"(fourth), "r"(fifth)
               : "rcx", "r11", "memory");
  return result;
#else
  register long which asm("x8") = number;
  register long first asm("x0") = a;
  register long second asm("x1") = b;
  register long third asm("x2") = c;
  register long fourth asm("x3") = d;
  register long fifth asm("x4") = e;
  asm volatile("svc #0" : "+r"(first) : "r"(which), "r"(second), "r"(third), "r"(fourth), "r"(fifth) : "memory");
  return first;
#endif
}

int length(const char* text) {
  int count = 0;
  while (text[count] != '\0') ++count;
  return count;
}

[[noreturn]] void fail(const char* message) {
  system_call(kWrite, 2, reinterpret_cast<long>(message), length(message));
  while (true) system_call(kExit, 127, 0, 0);
}

bool begins(const char* text, const char* start) {
  while (*start != '\0') {
    if (*text++ != *start++) return false;
  }
  return true;
}

/// This program's folder, with a slash at its end.
char folder[kMaxPath];
int folder_length = 0;

void find_folder(const unsigned long* auxiliary) {
  long size = system_call(kReadlinkAt, kCurrentFolder, reinterpret_cast<long>("/proc/self/exe"),
                          reinterpret_cast<long>(folder), kMaxPath - 1);
  if (size <= 0) {  // without /proc, use the name with which the program was started
    for (; auxiliary[0] != 0 && auxiliary[0] != kExecutableName; auxiliary += 2) {
    }
    if (auxiliary[0] == 0) fail("exec: the system does not say where this program lies\n");
    const char* name = reinterpret_cast<const char*>(auxiliary[1]);
    size = length(name);
    if (size >= kMaxPath) fail("exec: the path of this program is too long\n");
    for (long i = 0; i < size; ++i) folder[i] = name[i];
  }
  while (size > 0 && folder[size - 1] != '/') --size;
  if (size == 0) {
    folder[0] = '.';
    folder[1] = '/';
    size = 2;
  }
  folder[size] = '\0';
  folder_length = static_cast<int>(size);
}

/// Changes to the package's folder, so that the action finds files of its package by relative paths.
void enter_folder() {
  if (system_call(kChdir, reinterpret_cast<long>(folder), 0, 0) != 0 || folder[0] == '/') return;
  folder[0] = '.';
  folder[1] = '/';
  folder_length = 2;
}

void compose(char (&out)[2 * kMaxPath], const char* before, const char* after) {
  char* to = out;
  while (*before != '\0') *to++ = *before++;
  for (int i = 0; i < folder_length; ++i) *to++ = folder[i];
  while (*after != '\0') *to++ = *after++;
  *to = '\0';
}

char loader[2 * kMaxPath];
char libraries[2 * kMaxPath];
char program[2 * kMaxPath];
char certificates[2 * kMaxPath];
char no_configuration[] = "OPENSSL_CONF=/dev/null";
char no_cache[] = "--inhibit-cache";
char library_path[] = "--library-path";
char* arguments[kMaxStrings];
char* environment[kMaxStrings];

/// Copies the caller's environment, without variables that would load the system's libraries, and adds the package's
/// certificates.
void fill_environment(char** given) {
  int count = 0;
  bool has_certificates = false;
  bool has_configuration = false;
  for (; *given != nullptr; ++given) {
    if (begins(*given, "LD_PRELOAD=") || begins(*given, "LD_LIBRARY_PATH=") || begins(*given, "LD_AUDIT=")) continue;
    has_certificates = has_certificates || begins(*given, "SSL_CERT_DIR=") || begins(*given, "SSL_CERT_FILE=");
    has_configuration = has_configuration || begins(*given, "OPENSSL_CONF=");
    if (count > kMaxStrings - 4) fail("exec: too many environment variables\n");
    environment[count++] = *given;
  }
  if (!has_certificates) environment[count++] = certificates;
  // The system's configuration of OpenSSL may name modules that were built with other libraries.
  if (!has_configuration) environment[count++] = no_configuration;
}

/// Starts a copy of the loader in memory. The program that unpacked the zip may have ignored its file modes (Python's
/// zipfile does, in openwhisk/dockerskeleton). Then the loader is not executable, and may belong to another user.
void execute_copy() {
  const long from = system_call(kOpenAt, kCurrentFolder, reinterpret_cast<long>(loader), kCloseOnExec);
  long copy = system_call(kMemfdCreate, reinterpret_cast<long>("loader"), kMemoryCloseOnExec | kMemoryExecutable, 0);
  if (copy < 0) copy = system_call(kMemfdCreate, reinterpret_cast<long>("loader"), kMemoryCloseOnExec, 0);
  if (from < 0 || copy < 0) return;
  while (system_call(kSendfile, copy, from, 0, 1L << 30) > 0) {
  }
  system_call(kExecveAt, copy, reinterpret_cast<long>(""), reinterpret_cast<long>(arguments),
              reinterpret_cast<long>(environment), kEmptyPath);
}

}  // namespace

extern "C" [[noreturn]] void adit_launch(long* stack) {
  const long count = stack[0];
  auto** given = reinterpret_cast<char**>(stack + 1);
  auto** given_environment = given + count + 1;
  char** end = given_environment;
  while (*end != nullptr) ++end;
  find_folder(reinterpret_cast<unsigned long*>(end + 1));
  enter_folder();

  compose(loader, "", LOADER);
  compose(libraries, "", "lib");
  compose(program, "", "bin/action");
  compose(certificates, "SSL_CERT_DIR=", "certs");
  fill_environment(given_environment);

  if (count > kMaxStrings - 8) fail("exec: too many arguments\n");
  int used = 0;
  arguments[used++] = loader;
  arguments[used++] = no_cache;
  arguments[used++] = library_path;
  arguments[used++] = libraries;
  arguments[used++] = program;
  for (long i = 1; i < count; ++i) arguments[used++] = given[i];
  system_call(kExecve, reinterpret_cast<long>(loader), reinterpret_cast<long>(arguments),
              reinterpret_cast<long>(environment));
  execute_copy();
  fail("exec: " LOADER " beside this program cannot be started\n");
}

asm(".globl _start\n"
    "_start:\n"
#if defined(__x86_64__)
    "  xor %ebp, %ebp\n"
    "  mov %rsp, %rdi\n"
    "  and $-16, %rsp\n"
    "  call adit_launch\n"
#else
    "  mov x29, #0\n"
    "  mov x30, #0\n"
    "  mov x0, sp\n"
    "  bl adit_launch\n"
#endif
);
