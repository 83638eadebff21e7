#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

// Searches the memory of this process, or of another process that is stopped, for secrets. Reads /proc/PID/mem, which
// shows what a core file would contain. The secrets to look for are stored masked, so that the search does not find the
// test's own copies.
namespace adit::test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kMemoryCanBeSearched = false;
#elif defined(__has_feature)
inline constexpr bool kMemoryCanBeSearched = !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer);
#else
inline constexpr bool kMemoryCanBeSearched = true;
#endif

/// Whether the current test may search its memory now. When the dynamic linker binds a function at its first call, it
/// saves all registers on the stack, which may contain the bytes that were copied last. So this function runs the test
/// again in a new process in which all functions are bound at the start, and returns true only there. Returns false
/// with sanitizers, which map far too much memory.
inline bool may_search_memory() {
  if (!kMemoryCanBeSearched) return false;
  if (const char* bound = std::getenv("LD_BIND_NOW"); bound != nullptr && *bound != '\0') return true;
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  const auto filter = std::string("--gtest_filter=") + test->test_suite_name() + "." + test->name();
  const pid_t child = ::fork();
  if (child == 0) {
    ::setenv("LD_BIND_NOW", "1", 1);
    ::execl("/proc/self/exe", "bound", filter.c_str(), "--gtest_brief=1", nullptr);
    ::_exit(127);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0) << "see the output of the child process";
  return false;
}

class Canaries {
 public:
  static constexpr unsigned char kMask = 0xA5;

  static std::string masked(std::string_view text) {
    std::string result;
    for (const char c : text) result += static_cast<char>(static_cast<unsigned char>(c) ^ kMask);
    return result;
  }

  /// Adds several pieces of the text, because freed memory is reused and often only the middle or the end is left.
  void add(const std::string& name, std::string_view text) { add_masked(name, masked(text)); }
  void add_masked(const std::string& name, std::string_view text) {
    constexpr std::size_t kPiece = 16;
    if (text.size() < kPiece) std::abort();
    for (std::size_t at = 0; at + kPiece <= text.size(); at += std::max(kPiece, text.size() / 8))
      pieces_.push_back({name, at, std::string(text.substr(at, kPiece))});
  }

  /// Returns `name+offset at ADDRESS (MAPPING)` for each piece that is in the writable memory of the process.
  [[nodiscard]] std::vector<std::string> found(const std::string& process = "self") const {
    std::vector<std::string> hits;
    const int memory = ::open(("/proc/" + process + "/mem").c_str(), O_RDONLY | O_CLOEXEC);
    auto* const chunk =
        static_cast<char*>(::mmap(nullptr, kChunk, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    std::ifstream maps("/proc/" + process + "/maps");
    std::vector<std::pair<std::uintptr_t, std::uintptr_t>> ranges;
    std::vector<std::string> names;
    for (std::string line; std::getline(maps, line);) {
      std::uintptr_t begin = 0;
      std::uintptr_t end = 0;
      std::array<char, 5> mode{};
      if (std::sscanf(line.c_str(), "%lx-%lx %4s", &begin, &end, mode.data()) != 3 || mode[1] != 'w') continue;
      ranges.emplace_back(begin, end);
      names.push_back(line.substr(std::min<std::size_t>(line.size(), 73)));
    }
    for (std::size_t i = 0; i < ranges.size(); ++i) {
      for (auto at = ranges[i].first; at < ranges[i].second; at += kChunk - kOverlap) {
        const auto size = std::min<std::size_t>(kChunk, ranges[i].second - at);
        const auto own = reinterpret_cast<std::uintptr_t>(chunk);
        if (process == "self" && at < own + kChunk && own < at + size) continue;
        const auto count = ::pread(memory, chunk, size, static_cast<off_t>(at));
        if (count > 0) look({chunk, static_cast<std::size_t>(count)}, at, names[i], hits);
      }
    }
    ::munmap(chunk, kChunk);
    ::close(memory);
    return hits;
  }

 private:
  struct Piece {
    std::string name;
    std::size_t offset;
    std::string masked;
  };
  static constexpr std::size_t kChunk = 1U << 20U;
  static constexpr std::size_t kOverlap = 256;

  void look(std::string_view bytes, std::uintptr_t address, const std::string& mapping,
            std::vector<std::string>& hits) const {
    for (const auto& piece : pieces_) {
      const char first = static_cast<char>(static_cast<unsigned char>(piece.masked[0]) ^ kMask);
      for (auto at = bytes.find(first); at != std::string_view::npos; at = bytes.find(first, at + 1)) {
        if (at + piece.masked.size() > bytes.size()) break;
        bool same = true;
        for (std::size_t i = 0; same && i < piece.masked.size(); ++i)
          same = (static_cast<unsigned char>(bytes[at + i]) ^ kMask) == static_cast<unsigned char>(piece.masked[i]);
        if (!same) continue;
        std::array<char, 64> place{};
        std::snprintf(place.data(), place.size(), "+%zu at %zx (", piece.offset, address + at);
        hits.push_back(piece.name + place.data() + mapping + ")" + around(bytes, at));
      }
    }
  }

  /// Returns the bytes around a hit if ADIT_SHOW_CANARIES is set, to find out where they come from.
  static std::string around(std::string_view bytes, std::size_t at) {
    if (std::getenv("ADIT_SHOW_CANARIES") == nullptr) return {};
    std::string text = " ";
    const auto begin = at < 64 ? 0 : at - 64;
    for (const char c : bytes.substr(begin, 192)) text += c >= ' ' && c <= '~' ? c : '.';
    return text;
  }

  std::vector<Piece> pieces_;
};

}  // namespace adit::test
