#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "adit/http_server.h"

#include "http/server/chunked_body.h"

namespace adit::http {

/// Reads one HTTP/1.1 request from a connection's bytes (RFC 9112). Beast parses the complete head. This class decides
/// where the head and the body end, and it is strict: it refuses input that another parser could understand differently
/// (request smuggling). Every byte counts against a limit.
class RequestReader {
 public:
  struct Failure {
    int status = 400;
    std::string text;
  };

  /// `max_header` limits the head, and again chunk extensions and trailers together. Both limits are in bytes.
  RequestReader(std::size_t max_header, std::size_t max_body) : max_header_(max_header), max_body_(max_body) {}
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  /// Takes bytes of the request from the front of `bytes` and returns how many. Takes nothing of an incomplete head:
  /// pass the same bytes again, followed by more. Returns once at the end of the head, before it reads the body.
  std::size_t put(std::string_view bytes);

  /// Whether more than empty lines have arrived.
  [[nodiscard]] bool has_begun() const { return begun_; }
  [[nodiscard]] bool has_head() const { return has_head_; }
  [[nodiscard]] bool is_done() const { return done_; }
  [[nodiscard]] const std::optional<Failure>& failure() const { return failure_; }
  /// Lowers the limit of the body. Call it after the head has arrived.
  void limit_body(std::size_t max_body);

  /// The part of the request that has arrived. After a failure it has method and target if these could be read.
  [[nodiscard]] ServerRequest& request() { return request_; }
  [[nodiscard]] const ServerRequest& request() const { return request_; }
  [[nodiscard]] bool is_http_1_0() const { return http_1_0_; }
  [[nodiscard]] bool keep_alive() const { return keep_alive_; }
  /// How many bytes of the body, or of its current chunk, are still to come.
  [[nodiscard]] std::uint64_t body_left() const;

 private:
  void refuse(int status, std::string text);
  std::size_t find_head_end(std::string_view bytes);
  void parse_head(std::string_view head);
  void check_host(std::string_view authority, std::string_view default_port);
  void find_framing();
  void check_length();
  std::size_t put_body(std::string_view bytes);
  void remember_start_line(std::string_view bytes);

  std::size_t max_header_;
  std::size_t max_body_;
  /// How many bytes of the head have been checked.
  std::size_t scanned_ = 0;
  bool begun_ = false;
  bool has_head_ = false;
  bool done_ = false;
  bool http_1_0_ = false;
  bool keep_alive_ = false;
  /// The body's length; `nullopt` if it is chunked.
  std::optional<std::uint64_t> length_ = 0;
  std::optional<ChunkedBody> chunked_;
  std::optional<Failure> failure_;
  ServerRequest request_;
};

}  // namespace adit::http
