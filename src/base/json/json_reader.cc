#include "base/json/json_reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <new>
#include <set>
#include <utility>
#include <vector>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>

#include "adit/secret.h"

#include "base/text/byte_order_mark.h"
#include "base/text/text.h"
#include "base/text/utf8.h"

namespace adit {
namespace {

/// Wipes memory before freeing it. Ignores the alignment: Boost never asks for more than that of max_align_t, which
/// plain new provides, and does not pass the same alignment when it frees the memory.
class WipedMemory final : public json::memory_resource {
 public:
  static json::storage_ptr storage() {
    static auto& memory = *new WipedMemory;  // never destroyed: values may outlive every other object
    return &memory;
  }

 private:
  void* do_allocate(std::size_t size, std::size_t /*alignment*/) override { return ::operator new(size); }
  void do_deallocate(void* memory, std::size_t size, std::size_t /*alignment*/) override {
    wipe(memory, size);
    ::operator delete(memory);
  }
  [[nodiscard]] bool do_is_equal(const json::memory_resource& other) const noexcept override { return this == &other; }
};

enum class Violation { none, duplicate_member, number_out_of_range, too_many_values };

/// Builds the value from the parser's events. It does three things that json::parser cannot do: it detects duplicate
/// members, it counts values, and it reads numbers with std::from_chars, which rounds correctly (Boost 1.81 may be off
/// by one unit in the last place).
class ValueHandler {
 public:
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = 0x7ffffffe;
  static constexpr std::size_t max_key_size = 0x7ffffffe;

  explicit ValueHandler(const JsonLimits& limits)
      : small_(limits.wiped),
        stack_(storage_of(limits), small_.bytes.data(), small_.bytes.size()),
        values_left_(limits.max_values),
        refuse_duplicates_(limits.refuse_duplicates) {
    stack_.reset(storage_of(limits));
  }

  json::value release() { return stack_.release(); }
  [[nodiscard]] Violation violation() const { return violation_; }

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_array_begin(json::error_code& ec) { return count(ec); }
  bool on_array_end(std::size_t count, json::error_code&) {
    stack_.push_array(count);
    return true;
  }
  bool on_object_begin(json::error_code& ec) {
    if (!count(ec)) return false;
    if (refuse_duplicates_) names_.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t count, json::error_code&) {
    if (refuse_duplicates_) names_.pop_back();
    stack_.push_object(count);
    return true;
  }
  bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
    if (refuse_duplicates_) key_.append(part.data(), part.size());
    stack_.push_chars(part);
    return true;
  }
  bool on_key(json::string_view part, std::size_t, json::error_code& ec) {
    if (refuse_duplicates_) {
      key_.append(part.data(), part.size());
      if (!names_.back().insert(std::exchange(key_, {})).second) return refuse(Violation::duplicate_member, ec);
    }
    stack_.push_key(part);
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t, json::error_code&) {
    stack_.push_chars(part);
    return true;
  }
  bool on_string(json::string_view part, std::size_t, json::error_code& ec) {
    if (!count(ec)) return false;
    stack_.push_string(part);
    return true;
  }
  bool on_number_part(json::string_view part, json::error_code&) {
    number_.append(part.data(), part.size());
    return true;
  }
  bool on_int64(std::int64_t number, json::string_view part, json::error_code& ec) {
    if (!count(ec)) return false;
    number_.append(part.data(), part.size());
    const bool is_negative_zero = number == 0 && number_.starts_with('-');
    number_.clear();
    if (is_negative_zero) {
      stack_.push_double(-0.0);
    } else {
      stack_.push_int64(number);
    }
    return true;
  }
  bool on_uint64(std::uint64_t number, json::string_view, json::error_code& ec) {
    if (!count(ec)) return false;
    number_.clear();
    stack_.push_uint64(number);
    return true;
  }
  bool on_double(double rough, json::string_view part, json::error_code& ec) {
    if (!count(ec)) return false;
    number_.append(part.data(), part.size());
    const std::string text = std::exchange(number_, {});
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc::result_out_of_range) {
      if (!(std::abs(rough) < 1)) return refuse(Violation::number_out_of_range, ec);
      number = text.starts_with('-') ? -0.0 : 0.0;
    }
    stack_.push_double(number);
    return true;
  }
  bool on_bool(bool value, json::error_code& ec) {
    if (!count(ec)) return false;
    stack_.push_bool(value);
    return true;
  }
  bool on_null(json::error_code& ec) {
    if (!count(ec)) return false;
    stack_.push_null();
    return true;
  }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

 private:
  static json::storage_ptr storage_of(const JsonLimits& limits) {
    return limits.wiped ? WipedMemory::storage() : json::storage_ptr();
  }

  bool count(json::error_code& ec) {
    if (values_left_ == 0) return refuse(Violation::too_many_values, ec);
    --values_left_;
    return true;
  }

  bool refuse(Violation why, json::error_code& ec) {
    violation_ = why;
    ec = json::error::syntax;
    return false;
  }

  /// Memory for the value stack, enough for most values. Larger values make the stack allocate memory.
  struct SmallBuffer {
    explicit SmallBuffer(bool is_wiped) : wiped(is_wiped) {}
    SmallBuffer(const SmallBuffer&) = delete;
    SmallBuffer& operator=(const SmallBuffer&) = delete;
    ~SmallBuffer() {
      if (wiped) wipe(bytes.data(), bytes.size());
    }
    alignas(std::max_align_t) std::array<unsigned char, 4096> bytes;  // NOLINT(*-member-init): the stack writes first
    bool wiped;
  };

  SmallBuffer small_;  // before the stack, which uses it
  json::value_stack stack_;
  /// The member names of each open object. An ordered set, because chosen names could make a hash table slow.
  std::vector<std::set<std::string>> names_;
  std::string key_;
  std::string number_;
  std::size_t values_left_;
  Violation violation_ = Violation::none;
  bool refuse_duplicates_;
};

std::string describe(Violation violation, json::error_code ec, const JsonLimits& limits) {
  if (violation == Violation::duplicate_member) return "an object names a member twice";
  if (violation == Violation::number_out_of_range) return "a number is too large";
  if (violation == Violation::too_many_values) return cat("it has more than ", limits.max_values, " values");
  if (ec == json::error::syntax) return "there is a character that does not belong there";
  if (ec == json::error::incomplete) return "it ends too early";
  if (ec == json::error::extra_data) return "something follows after its end";
  if (ec == json::error::too_deep) return cat("it is nested more than ", limits.max_depth, " levels deep");
  if (ec == json::error::exponent_overflow) return "a number is too large";
  return ec.message();
}

void place(JsonProblem& problem, std::string_view text, std::size_t position) {
  const std::string_view before = text.substr(0, std::min(position, text.size()));
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  problem.line = static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1;
  problem.column = static_cast<int>(utf8_count(before.substr(line_start))) + 1;
}

}  // namespace

std::optional<json::value> read_json(std::string_view text, const JsonLimits& limits, JsonProblem* problem) {
  if (text.size() > limits.max_bytes) {
    if (problem != nullptr) problem->what = cat("it has more than ", limits.max_bytes, " bytes");
    return std::nullopt;
  }
  // RFC 8259 section 8.1 allows a parser to skip a byte-order mark, and some Windows editors write one.
  text = without_byte_order_mark(text);
  json::parse_options options;
  options.max_depth = limits.max_depth;
  json::basic_parser<ValueHandler> parser(options, limits);
  json::error_code ec;
  std::size_t position = parser.write_some(false, text.data(), text.size(), ec);
  if (!ec && position < text.size()) {
    const std::size_t rest = text.find_first_not_of(" \t\r\n", position);
    if (rest != std::string_view::npos) {
      position = rest;
      ec = json::error::extra_data;
    }
  }
  if (!ec) return parser.handler().release();
  if (problem != nullptr) {
    problem->what = describe(parser.handler().violation(), ec, limits);
    problem->is_incomplete = ec == json::error::incomplete;
    place(*problem, text, position);
  }
  return std::nullopt;
}

}  // namespace adit
