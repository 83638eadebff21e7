#include <charconv>

#include "adit/emulator.h"
#include "adit/error.h"

#include "base/text/duration.h"
#include "base/text/text.h"

namespace adit::emulator {

Rate Rate::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto number = trim(text.substr(0, slash));
  Rate rate;
  const auto [stop, error] = std::from_chars(number.data(), number.data() + number.size(), rate.count);
  bool fits = error == std::errc() && stop == number.data() + number.size() && rate.count > 0;
  if (slash != std::string_view::npos) {
    auto per = std::string(trim(text.substr(slash + 1)));
    if (!per.empty() && (per.front() < '0' || per.front() > '9')) per.insert(0, 1, '1');  // `5/s`
    const auto window = parse_duration(per);
    fits = fits && window && *window > std::chrono::milliseconds(0);
    if (fits) rate.per = *window;
  }
  if (!fits) {
    throw Error::configuration("invalid_rate", cat(described(text), " is not a rate."))
        .hint("Write how many requests in how much time: 10/1m, 5/s, 100/24h.");
  }
  return rate;
}

std::string Rate::to_string() const {
  constexpr std::int64_t kSecond = 1000;
  const auto ms = per.count();
  for (const auto& [unit, length] :
       {std::pair("h", 3600 * kSecond), std::pair("m", 60 * kSecond), std::pair("s", kSecond)})
    if (ms % length == 0) return cat(count, '/', ms / length, unit);
  return cat(count, '/', ms, "ms");
}

}  // namespace adit::emulator
