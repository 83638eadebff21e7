#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>

#include "adit/http_server.h"

#include "dev/host/activation_record.h"

namespace adit::dev {

/// The latest activations of a platform, and OpenWhisk's API for them
/// (core/controller/src/main/scala/org/apache/openwhisk/core/controller/Activations.scala). Thread-safe.
class Activations {
 public:
  /// Keeps the latest activations: at most `capacity`, with at most `max_bytes` of JSON in total, but always the newest
  /// one.
  explicit Activations(std::size_t capacity = 1000, std::size_t max_bytes = 256U << 20U)
      : capacity_(capacity), max_bytes_(max_bytes) {}

  void add(const ActivationRecord& record);

  /// Answers a GET for the part of a path after `…/activations`: empty (the list), `/ID`, `/ID/logs` or `/ID/result`.
  /// The list accepts the parameters of list_query(), since and upto (milliseconds of the start, inclusive), name
  /// (`PACKAGE/ACTION`, or `ACTION` for an action in no package) and docs. The newest is first.
  [[nodiscard]] http::ServerResponse answer(std::string_view path, std::string_view query) const;

  [[nodiscard]] std::size_t size() const;

 private:
  struct Entry {
    std::string id;
    /// `PACKAGE/ACTION`, or `ACTION` for an action in no package.
    std::string full_name;
    long long start_ms = 0;
    std::size_t bytes = 0;
    json::object record;
    json::object summary;
  };
  [[nodiscard]] http::ServerResponse list(std::string_view query) const;
  [[nodiscard]] http::ServerResponse one(std::string_view id, std::string_view part) const;

  const std::size_t capacity_;
  const std::size_t max_bytes_;
  mutable std::mutex mutex_;
  /// Oldest first.
  std::deque<Entry> kept_;
  std::size_t bytes_ = 0;
};

}  // namespace adit::dev
