#include "adit/error.h"

#include <utility>

namespace adit {

std::string SourcePosition::to_string() const {
  std::string text = file;
  if (line > 0) {
    text += ":" + std::to_string(line);
    if (column > 0) text += ":" + std::to_string(column);
  }
  return text;
}

Error::Error(std::string code, std::string message, bool configuration)
    : code_(std::move(code)), message_(std::move(message)), configuration_(configuration) {}

Error Error::configuration(std::string code, std::string message) {
  return {std::move(code), std::move(message), true};
}

Error Error::failure(std::string code, std::string message) { return {std::move(code), std::move(message), false}; }

Error Error::hint(std::string text) && {
  hint_ = std::move(text);
  return std::move(*this);
}

Error Error::at(SourcePosition position) && {
  where_ = std::move(position);
  return std::move(*this);
}

Error Error::at(std::string file, int line, int column) && {
  where_ = SourcePosition{std::move(file), line, column};
  return std::move(*this);
}

Error Error::http_status(int status) && {
  http_status_ = status;
  return std::move(*this);
}

Error Error::ims(std::string error, std::string description, std::string debug_id) && {
  ims_error_ = std::move(error);
  ims_description_ = std::move(description);
  debug_id_ = std::move(debug_id);
  return std::move(*this);
}

Error Error::retryable(std::optional<std::chrono::milliseconds> after) && {
  retryable_ = true;
  retry_after_ = after;
  return std::move(*this);
}

std::string Error::to_string() const {
  std::string text;
  if (where_) text += where_->to_string() + ": ";
  text += message_;
  std::string details;
  const auto add = [&details](const std::string& detail) { details += (details.empty() ? "" : ", ") + detail; };
  if (http_status_ != 0) add("HTTP status " + std::to_string(http_status_));
  if (!debug_id_.empty()) add("x-debug-id " + debug_id_);
  if (!details.empty()) text += " (" + details + ")";
  if (!hint_.empty()) text += "\n  " + hint_;
  return text;
}

}  // namespace adit
