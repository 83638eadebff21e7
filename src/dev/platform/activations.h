#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>

#include "adit/http_server.h"

#include "dev/host/activation_record.h"

namespace adit::dev {

/// The last activations of a platform, and OpenWhisk's API for them
/// (core/controller/src/main/scala/org/apache/openwhisk/core/controller/Activations.scala). Thread-safe.
class Activations {
 public:
  /// Keeps the last `capacity`, and of these no more than fit into `max_bytes` as JSON; the newest one always.
  explicit Activations(std::size_t capacity = 1000, std::size_t max_bytes = 256U << 20U)
      : capacity_(capacity), max_bytes_(max_bytes) {}

  void add(const ActivationRecord& record);

  /// Answers a GET for what stands behind `…/activations`: nothing (the list), `/ID`, `/ID/logs` or `/ID/result`. The
  /// list takes what list_query() reads, since, upto (milliseconds of the start, inclusive), name (`PACKAGE/ACTION`, or
  /// `ACTION` for one of the package `default`) and docs; the newest stands first.
  [[nodiscard]] http::ServerResponse answer(std::string_view path, std::string_view query) const;

  [[nodiscard]] std::size_t size() const;

 private:
  struct Kept {
    std::string id;
    /// `PACKAGE/ACTION`, or `ACTION` of no package.
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
  std::deque<Kept> kept_;
  std::size_t bytes_ = 0;
};

}  // namespace adit::dev
