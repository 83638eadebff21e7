#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <vector>

#include "adit/emulator.h"
#include "adit/error.h"

#include "base/text/duration.h"
#include "base/text/text.h"

namespace adit::emulator {
namespace {

using std::chrono::milliseconds;
using Kind = Fault::Kind;

struct KindName {
  std::string_view name;
  Kind kind;
  /// The member that the value of `kind=value` sets on the command line.
  std::string_view main_member;
};
constexpr std::array<KindName, 9> kKinds = {{{"latency", Kind::latency, "delay"},
                                             {"reset", Kind::reset, "count"},
                                             {"stall", Kind::stall, "delay"},
                                             {"cut", Kind::cut, "count"},
                                             {"truncated", Kind::truncated, "count"},
                                             {"malformed", Kind::malformed, "count"},
                                             {"html", Kind::html, "status"},
                                             {"status", Kind::status, "status"},
                                             {"clock_skew", Kind::clock_skew, "delay"}}};

Error invalid_fault(std::string message) {
  return Error::configuration("invalid_fault", std::move(message))
      .hint(
          "Write a fault as status=503,retry_after=2,count=3 or latency=200ms, reset=1, stall, cut, truncated, malformed, html=502, clock_skew=-10m. Add path=/ims/token to affect only those requests.");
}

const KindName& kind_named(std::string_view name) {
  const auto plain = replace_all(to_lower(trim(name)), "-", "_");
  for (const auto& kind : kKinds) {
    if (kind.name == plain) return kind;
  }
  std::vector<std::string> known;
  known.reserve(kKinds.size());
  for (const auto& kind : kKinds) known.emplace_back(kind.name);
  throw invalid_fault(cat("There is no fault with this name: ", described(name, known), "."));
}

std::int64_t whole(std::string_view member, const json::value& value, std::int64_t least, std::int64_t most) {
  const auto* number = value.if_int64();
  if (number == nullptr || *number < least || *number > most) {
    throw invalid_fault(cat("A fault's ", member, " is a whole number from ", least, " to ", most, "."));
  }
  return *number;
}

milliseconds duration(const json::value& value) {
  constexpr std::int64_t kYear = 365LL * 86400 * 1000;
  if (const auto* text = value.if_string()) {
    if (const auto parsed = parse_duration(*text)) return *parsed;
    throw invalid_fault("A fault's delay is a duration such as 200ms, 30s or 10m.");
  }
  return milliseconds(whole("delay", value, -kYear, kYear));
}

void set_member(Fault& fault, std::string_view name, const json::value& value) {
  constexpr std::int64_t kMany = 1'000'000'000;
  if (name == "delay") {
    fault.delay = duration(value);
  } else if (name == "count") {
    fault.count = static_cast<std::size_t>(whole(name, value, 0, kMany));
  } else if (name == "status") {
    fault.status = static_cast<int>(whole(name, value, 200, 599));
  } else if (name == "retry_after") {
    fault.retry_after = std::chrono::seconds(whole(name, value, 0, kMany));
  } else if (name == "retry_after_form") {
    if (value != "seconds" && value != "date") throw invalid_fault("A fault's retry_after_form is seconds or date.");
    fault.retry_after_as_date = value == "date";
  } else if (name == "path") {
    if (!value.is_string() || !value.get_string().starts_with('/')) {
      throw invalid_fault("A fault's path must begin with a slash.");
    }
    constexpr std::size_t kLongestPath = 1000;
    if (value.get_string().size() > kLongestPath)
      throw invalid_fault(cat("A fault's path has at most ", kLongestPath, " characters."));
    if (const auto other = value.get_string().find_first_of("*?# "); other != json::string::npos)
      throw invalid_fault(cat("The path of a fault must not contain '", value.get_string()[other],
                              "', because the path of a request never does."));
    fault.path = value.get_string();
  } else {
    throw invalid_fault(cat("A fault has no member of that name: ", described(name), "."));
  }
}

Fault checked(Fault fault) {
  const bool needs_delay = fault.kind == Kind::latency || fault.kind == Kind::clock_skew;
  if (needs_delay && fault.delay == milliseconds(0))
    throw invalid_fault("The faults latency and clock_skew need a delay.");
  if (fault.delay < milliseconds(0) && fault.kind != Kind::clock_skew) {
    throw invalid_fault("Only clock_skew takes a negative delay.");
  }
  return fault;
}

}  // namespace

Fault Fault::from_json(const json::object& object) {
  const auto name = string_member(object, "fault");
  if (name.empty()) throw invalid_fault("A fault needs a member 'fault' that names it.");
  Fault fault;
  fault.kind = kind_named(name).kind;
  for (const auto& member : object) {
    if (member.key() != "fault") set_member(fault, member.key(), member.value());
  }
  return checked(std::move(fault));
}

Fault Fault::parse(std::string_view text) {
  Fault fault;
  bool first = true;
  for (const auto& part : split_list(text)) {
    const auto equals = part.find('=');
    auto name = replace_all(std::string(trim(part.substr(0, equals))), "-", "_");
    const auto value = equals == std::string::npos ? std::string() : std::string(trim(part.substr(equals + 1)));
    if (first) {
      first = false;
      const auto& kind = kind_named(name);
      fault.kind = kind.kind;
      if (equals == std::string::npos) continue;
      name = kind.main_member;
    }
    std::int64_t number = 0;
    const auto [stop, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    const bool is_number = !value.empty() && error == std::errc() && stop == value.data() + value.size();
    // On the command line a delay without a unit is in seconds, as in all options.
    set_member(fault, name, is_number && name != "delay" ? json::value(number) : json::value(value));
  }
  if (first) throw invalid_fault("The fault is empty.");
  return checked(std::move(fault));
}

json::object Fault::to_json_object() const {
  json::object object;
  for (const auto& entry : kKinds) {
    if (entry.kind == kind) object["fault"] = entry.name;
  }
  if (count != 0) object["count"] = static_cast<std::int64_t>(count);
  if (delay != milliseconds(0)) object["delay"] = delay.count();
  if (status != 0) object["status"] = status;
  if (retry_after) {
    object["retry_after"] = retry_after->count();
    object["retry_after_form"] = retry_after_as_date ? "date" : "seconds";
  }
  if (!path.empty()) object["path"] = path;
  return object;
}

}  // namespace adit::emulator
