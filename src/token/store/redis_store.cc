#include "token/store/redis_store.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <hiredis/hiredis.h>

#include "adit/error.h"

#include "base/text/presentable.h"
#include "base/text/text.h"

namespace adit::token {

using std::chrono::milliseconds;

namespace {

constexpr milliseconds kFirstPause{100};
constexpr milliseconds kLongestPause{5'000};
/// Fences count locks. A larger number was not made by counting.
constexpr long long kLastFence = 1'000'000'000'000'000;
constexpr std::string_view kAnotherForm = "it answers the scripts with something that they do not return";

constexpr milliseconds kCommandTimeout{2'000};

/// The beginning of each script. `text_at` returns the key's text, or false if there is no text. `number_of` returns
/// the number before a record's first space, or 0 if it is not a record.
constexpr std::string_view kPrelude = R"(
local record, lock, fence = KEYS[1], KEYS[2], KEYS[3]
local function text_at(key)
  return redis.call('TYPE', key).ok == 'string' and redis.call('GET', key)
end
local function number_of(text)
  local digits = text and string.match(text, '^(%d+) ')
  return digits and #digits <= 15 and tonumber(digits) or 0
end
)";

constexpr std::string_view kGet = R"(
local r = text_at(record)
if not r then return {false, 0, 0} end
return {r, redis.call('PTTL', record), 0}
)";

/// ARGV: the fence of the record that the caller has, the time to live of the lock in ms, the longest one in ms.
/// Returns {record, its remaining ms, 0}, or {false, 0, fence of the lock}, or, if another process holds the lock,
/// {false, ms until it expires, 0}.
constexpr std::string_view kGetOrLock = R"(
local seen = tonumber(ARGV[1])
local r = text_at(record)
local known = number_of(r)
if known ~= 0 and known ~= seen then return {r, redis.call('PTTL', record), 0} end
local left = text_at(lock) and redis.call('PTTL', lock) or -2
if left >= 0 and left <= tonumber(ARGV[3]) then return {false, left, 0} end
local last = math.max(known, seen, tonumber(text_at(fence) or 0) or 0)
if not (last < 1e15) then last = math.max(known, seen) end
local number = string.format('%.0f', last + 1)
redis.call('SET', fence, number, 'PX', 604800000)
redis.call('SET', lock, number, 'PX', ARGV[2])
return {false, 0, last + 1}
)";

/// ARGV: fence, value, how long to keep it in ms. If the server has lost its memory, fences start at 1 again. The
/// higher fence is then not always the newer one.
constexpr std::string_view kPut = R"(
local number = tonumber(ARGV[1])
if number_of(text_at(record)) > number then return 0 end
local last = tonumber(text_at(fence) or 0) or 0
if last ~= 0 and last ~= number then return 0 end
redis.call('SET', record, ARGV[2], 'PX', ARGV[3])
if text_at(lock) == ARGV[1] then redis.call('DEL', lock) end
return 1
)";

/// ARGV: fence, time to live in ms. A lock that has expired is taken again, if nobody else has taken it since.
constexpr std::string_view kExtend = R"(
local holder = text_at(lock)
if holder == ARGV[1] or (not holder and text_at(fence) == ARGV[1]) then
  redis.call('SET', lock, ARGV[1], 'PX', ARGV[2])
  return 1
end
return 0
)";

constexpr std::string_view kRelease = R"(
if text_at(lock) == ARGV[1] then redis.call('DEL', lock) end
return 1
)";

/// ARGV: the fence of the record to delete, or 0 to delete any.
constexpr std::string_view kRemove = R"(
local only = tonumber(ARGV[1])
if only == 0 or number_of(text_at(record)) == only then redis.call('DEL', record) end
return 1
)";

std::optional<StoreRecord> to_record(std::string_view text, long long remaining_ms) {
  StoreRecord record;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), record.fence);
  const auto digits = static_cast<std::size_t>(end - text.data());
  if (error != std::errc() || digits > 15 || digits >= text.size() || text[digits] != ' ' || record.fence == 0)
    return std::nullopt;
  record.sealed = text.substr(digits + 1);
  if (remaining_ms >= 0) record.remaining = milliseconds(remaining_ms);
  return record;
}

/// The reply of kGet and kGetOrLock.
struct Found {
  std::string_view text;
  long long milliseconds = 0;
  long long number = 0;
};

/// Returns nullopt for a reply of another form.
std::optional<Found> to_found(const RedisReply& reply) {
  if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 3) return std::nullopt;
  const auto* text = reply->element[0];
  const auto* remaining = reply->element[1];
  const auto* number = reply->element[2];
  if ((text->type != REDIS_REPLY_STRING && text->type != REDIS_REPLY_NIL) || remaining->type != REDIS_REPLY_INTEGER ||
      number->type != REDIS_REPLY_INTEGER || number->integer < 0 || number->integer > kLastFence) {
    return std::nullopt;
  }
  Found found{{}, remaining->integer, number->integer};
  if (text->type == REDIS_REPLY_STRING) found.text = {text->str, text->len};
  return found;
}

std::string in_ms(milliseconds time) { return std::to_string(std::max<milliseconds::rep>(time.count(), 1)); }

}  // namespace

RedisStore::RedisStore(RedisAddress address) : address_(std::move(address)) {}
RedisStore::~RedisStore() = default;

void RedisStore::fail(const std::string& reason) {
  throw Error::failure("store_unavailable", cat("Redis at ", address_.to_string(), ": ", reason))
      .hint("Check that the server is running, and that the address and the password in the store's URL are right.")
      .retryable();
}

RedisReply RedisStore::command(const std::vector<std::string>& words) {
  auto& here = in_process_.get();
  {
    // Not a std::timed_mutex, because ThreadSanitizer does not know the function that locks it.
    std::unique_lock lock(here.mutex);
    if (!here.ended.wait_for(lock, kCommandTimeout, [&here] { return !here.has_call; }))
      fail("other threads wait for it, too, and it is slow");
    here.has_call = true;
  }
  const auto end_call = [](InProcess* call) {
    {
      const std::scoped_lock lock(call->mutex);
      call->has_call = false;
    }
    call->ended.notify_one();
  };
  const std::unique_ptr<InProcess, decltype(end_call)> call(&here, end_call);
  const auto now = std::chrono::steady_clock::now();
  if (now < here.down_until) fail(here.reason);
  try {
    auto reply = try_command(here, words, now + kCommandTimeout);
    here.pause = milliseconds(0);
    return reply;
  } catch (const ConnectionFailure& problem) {
    here.reason = problem.reason;
  }
  here.pause = std::clamp(here.pause * 2, kFirstPause, kLongestPause);
  here.down_until = std::chrono::steady_clock::now() + here.pause;
  fail(here.reason);
}

RedisReply RedisStore::try_command(InProcess& here, const std::vector<std::string>& words,
                                   std::chrono::steady_clock::time_point deadline) const {
  // The connection is kept only after a complete reply. Otherwise the rest of it would be read as the reply to the next
  // command.
  if (auto kept = std::move(here.connection)) {
    try {
      auto reply = kept->send(words, deadline);
      here.connection = std::move(kept);
      return reply;
    } catch (const ConnectionFailure&) {
      // The server may have restarted since the last command: connect again, if there is time.
      if (std::chrono::steady_clock::now() >= deadline) throw;
    }
  }
  auto made = std::make_unique<RedisConnection>(address_, deadline);
  auto reply = made->send(words, deadline);
  here.connection = std::move(made);
  return reply;
}

RedisReply RedisStore::script(std::string_view text, const std::string& name, std::vector<std::string> arguments) {
  const auto key = cat("adit:token:{", name, "}");
  std::vector<std::string> words{"EVAL", cat(kPrelude, text), "3", key, cat(key, ":lock"), cat(key, ":fence")};
  std::move(arguments.begin(), arguments.end(), std::back_inserter(words));
  auto reply = command(words);
  if (is_error(reply)) fail(presentable(error_of(reply), {&address_.password}));
  return reply;
}

bool RedisStore::is_done(std::string_view text, const std::string& name, std::vector<std::string> arguments) {
  const auto reply = script(text, name, std::move(arguments));
  if (reply->type != REDIS_REPLY_INTEGER) fail(std::string(kAnotherForm));
  return reply->integer == 1;
}

std::optional<StoreRecord> RedisStore::get(const std::string& name) {
  const auto reply = script(kGet, name, {});
  const auto found = to_found(reply);
  if (!found) fail(std::string(kAnotherForm));
  return to_record(found->text, found->milliseconds);
}

RecordOrLock RedisStore::get_or_lock(const std::string& name, std::uint64_t seen, milliseconds ttl) {
  const auto reply = script(kGetOrLock, name, {std::to_string(seen), in_ms(ttl), in_ms(kLongestLockTtl)});
  const auto found = to_found(reply);
  if (!found) fail(std::string(kAnotherForm));
  RecordOrLock result{to_record(found->text, found->milliseconds), static_cast<std::uint64_t>(found->number)};
  result.lock_left = std::clamp(milliseconds(found->milliseconds), milliseconds(0), kLongestLockTtl);
  return result;
}

bool RedisStore::put(const std::string& name, std::string_view sealed, std::uint64_t fence, milliseconds keep) {
  const auto number = std::to_string(fence);
  return is_done(kPut, name, {number, cat(number, ' ', sealed), in_ms(keep)});
}

bool RedisStore::extend(const std::string& name, std::uint64_t fence, milliseconds ttl) {
  return is_done(kExtend, name, {std::to_string(fence), in_ms(std::min(ttl, kLongestLockTtl))});
}

void RedisStore::release(const std::string& name, std::uint64_t fence) {
  static_cast<void>(is_done(kRelease, name, {std::to_string(fence)}));
}

void RedisStore::remove(const std::string& name, std::uint64_t only_fence) {
  static_cast<void>(is_done(kRemove, name, {std::to_string(only_fence)}));
}

}  // namespace adit::token
