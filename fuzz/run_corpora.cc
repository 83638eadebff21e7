// adit_fuzz_corpora FOLDER [VARIANTS]: runs every target over the files in FOLDER/TARGET, and over VARIANTS variants of
// each file, which are the same in every run: bytes are changed, removed or doubled, or pieces of other files are
// inserted. This test needs no libFuzzer, so it runs in every build.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include <unistd.h>

#include "adit/log.h"

#include "fuzz/target.h"

namespace adit::fuzz {
namespace {

namespace fs = std::filesystem;

/// Far more time than any input of a corpus needs, even with sanitizers and while other tests run.
constexpr unsigned kSecondsPerInput = 20;

std::string file_text(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The input that is running, for the message of a failure.
std::string running;

void on_alarm(int /*signal*/) {
  static_cast<void>(::write(STDERR_FILENO, running.data(), running.size()));
  static constexpr std::string_view kSlow = " takes too long\n";
  static_cast<void>(::write(STDERR_FILENO, kSlow.data(), kSlow.size()));
  ::_exit(1);
}

void on_abort(int /*signal*/) {
  static_cast<void>(::write(STDERR_FILENO, running.data(), running.size()));
  static_cast<void>(::write(STDERR_FILENO, "\n", 1));
}

class Variants {
 public:
  explicit Variants(const std::vector<std::string>& texts) : texts_(texts) {}

  std::string of(std::string text) {
    for (auto changes = 1 + below(4); changes > 0; --changes) change(text);
    return text;
  }

 private:
  std::size_t below(std::size_t count) { return count == 0 ? 0 : random_() % count; }

  void change(std::string& text) {
    const auto at = below(text.size() + 1);
    const auto size = below(std::min<std::size_t>(text.size() - at, 16) + 1);
    using namespace std::string_view_literals;
    static constexpr auto kSigns = "\"'`\\{}[]():;,.=$#-_+/*%&<>|@!?~^ \t\r\n\0\x1e\x80\xff"sv;
    switch (below(5)) {
      case 0:
        text.replace(at, size, 1, static_cast<char>(random_()));
        break;
      case 1:
        text.insert(at, 1, kSigns[below(kSigns.size())]);
        break;
      case 2:
        text.erase(at, size);
        break;
      case 3:
        text.insert(at, text.substr(at, size));
        break;
      default: {
        const auto& other = texts_[below(texts_.size())];
        const auto from = below(other.size() + 1);
        text.insert(at, other.substr(from, below(64)));
      }
    }
  }

  const std::vector<std::string>& texts_;
  std::minstd_rand random_{1};
};

void run(const Target& target, const std::string& name, const std::string& text) {
  running = name;
  std::signal(SIGABRT, on_abort);  // before each input, because some targets install their own handlers
  ::alarm(kSecondsPerInput);
  target.run(text);
  ::alarm(0);
}

/// Runs a target over its corpus. Returns the number of inputs.
std::size_t run_corpus(const Target& target, const fs::path& folder, std::size_t variants) {
  std::vector<fs::path> files;
  if (fs::is_directory(folder)) std::copy(fs::directory_iterator(folder), {}, std::back_inserter(files));
  std::sort(files.begin(), files.end());
  if (files.empty()) {
    std::cerr << folder.string() << " has no files.\n";
    std::exit(1);
  }
  std::vector<std::string> texts;
  for (const auto& file : files) texts.push_back(file_text(file));
  Variants made(texts);
  std::size_t count = 0;
  for (std::size_t i = 0; i < files.size(); ++i) {
    run(target, files[i].string(), texts[i]);
    for (std::size_t k = 1; k <= variants; ++k)
      run(target, files[i].string() + ", variant " + std::to_string(k), made.of(texts[i]));
    count += variants + 1;
  }
  return count;
}

}  // namespace
}  // namespace adit::fuzz

int main(int argc, char** argv) {
  using namespace adit::fuzz;
  if (argc < 2) return 2;
  std::signal(SIGALRM, on_alarm);
  std::signal(SIGPIPE, SIG_IGN);
  adit::set_log_level(adit::LogLevel::off);
  const std::size_t variants = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 0;
  auto all = targets();
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return std::string_view(a.name) < b.name; });
  for (const auto& target : all) {
    const auto start = std::chrono::steady_clock::now();
    const auto count = run_corpus(target, fs::path(argv[1]) / target.name, variants);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    std::cout << target.name << ": " << count << " inputs, " << took.count() << " s\n";
  }
  return 0;
}
