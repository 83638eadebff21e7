#include "dev/host/activation_log.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "base/text/text.h"
#include "dev/entity/messages.h"

namespace adit::dev {

void ActivationLog::add(LogStream stream, std::string_view bytes) {
  auto& partial = partial_[static_cast<std::size_t>(stream)];
  while (!bytes.empty() && !full_) {
    const auto end = bytes.find('\n');
    partial += bytes.substr(0, std::min(end, max_bytes_ + 1));
    if (end == std::string_view::npos) {
      if (partial.size() > max_bytes_) finish(stream, partial);
      return;
    }
    finish(stream, partial);
    bytes.remove_prefix(end + 1);
  }
}

std::vector<std::string> ActivationLog::take() && {
  for (const auto stream : {LogStream::out, LogStream::err}) {
    if (auto& partial = partial_[static_cast<std::size_t>(stream)]; !partial.empty()) finish(stream, partial);
  }
  if (full_) {
    lines_.push_back(messages::logs_truncated(max_bytes_));
  }
  return std::move(lines_);
}

void ActivationLog::finish(LogStream stream, std::string& text) {
  if (!text.empty() && text.back() == '\r') text.pop_back();
  // The prefix of a line counts, too: otherwise empty lines would not be limited.
  auto line = cat(timestamp(), stream == LogStream::out ? " stdout: " : " stderr: ", text);
  bytes_ += line.size();
  if (bytes_ > max_bytes_) {
    full_ = true;
  } else {
    lines_.push_back(std::move(line));
  }
  text.clear();
}

std::string ActivationLog::timestamp() const {
  const auto now = clock_.wall_now();
  auto text = to_rfc3339(now);
  std::array<char, 8> fraction{};
  const auto milliseconds = now - std::chrono::floor<std::chrono::seconds>(now);
  std::snprintf(fraction.data(), fraction.size(), ".%03dZ", static_cast<int>(milliseconds.count()));
  text.replace(text.size() - 1, 1, fraction.data());
  text.resize(30, ' ');
  return text;
}

}  // namespace adit::dev
