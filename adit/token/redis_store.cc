#include "adit/token/redis_store.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <hiredis/hiredis.h>

#include "adit/base/error.h"
#include "adit/base/text.h"

namespace adit::token {

using std::chrono::milliseconds;

namespace {

constexpr milliseconds kFirstPause{100};
constexpr milliseconds kLongestPause{5'000};

/// Begins each script: `number_of` a record is the digits before its first blank, 0 where the record is none of ours.
constexpr std::string_view kPrelude = R"(
local record, lock, fence = KEYS[1], KEYS[2], KEYS[3]
local function number_of(text)
  local digits = text and string.match(text, '^(%d+) ')
  return digits and #digits <= 15 and tonumber(digits) or 0
end
)";

/// ARGV: number of the record already known, lease in ms. Answers record, remaining ms, number of the lock.
constexpr std::string_view kClaim = R"(
local seen = tonumber(ARGV[1])
local r = redis.call('GET', record)
local known = number_of(r)
if known ~= 0 and known ~= seen then return {r, redis.call('PTTL', record), 0} end
if redis.call('EXISTS', lock) == 1 then return {false, 0, 0} end
local last = math.max(known, seen, tonumber(redis.call('GET', fence) or 0) or 0)
local number = string.format('%.0f', last + 1)
redis.call('SET', fence, number, 'PX', 604800000)
redis.call('SET', lock, number, 'PX', ARGV[2])
return {false, 0, last + 1}
)";

/// ARGV: number, value, keep in ms. The numbers begin anew where a server lost its memory, so a higher one is not
/// always the newer.
constexpr std::string_view kPut = R"(
local number = tonumber(ARGV[1])
if number_of(redis.call('GET', record)) > number then return 0 end
local last = tonumber(redis.call('GET', fence) or 0) or 0
if last ~= 0 and last ~= number then return 0 end
redis.call('SET', record, ARGV[2], 'PX', ARGV[3])
if redis.call('GET', lock) == ARGV[1] then redis.call('DEL', lock) end
return 1
)";

/// ARGV: number, lease in ms. A lock that has run out, and that nobody took since, is taken again.
constexpr std::string_view kExtend = R"(
local holder = redis.call('GET', lock)
if holder == ARGV[1] or (not holder and redis.call('GET', fence) == ARGV[1]) then
  redis.call('SET', lock, ARGV[1], 'PX', ARGV[2])
  return 1
end
return 0
)";

constexpr std::string_view kRelease = R"(
if redis.call('GET', lock) == ARGV[1] then redis.call('DEL', lock) end
return 1
)";

/// ARGV: the only number to remove, or 0.
constexpr std::string_view kRemove = R"(
local only = tonumber(ARGV[1])
if only == 0 or number_of(redis.call('GET', record)) == only then redis.call('DEL', record) end
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

std::string_view text_of(const redisReply* r) {
  return r != nullptr && r->type == REDIS_REPLY_STRING ? std::string_view(r->str, r->len) : std::string_view();
}

long long number_of(const redisReply* r) { return r != nullptr && r->type == REDIS_REPLY_INTEGER ? r->integer : 0; }

const redisReply* element_of(const RedisReply& list, std::size_t i) {
  return list->type == REDIS_REPLY_ARRAY && i < list->elements ? list->element[i] : nullptr;
}

}  // namespace

RedisStore::RedisStore(RedisAddress address) : address_(std::move(address)) {}
RedisStore::~RedisStore() = default;

void RedisStore::fail(const std::string& reason) {
  throw Error::failure("store_unavailable", cat("Redis at ", address_.to_string(), ": ", reason))
      .hint("Is the server running, and are address and password in the store's URL right?")
      .retryable();
}

RedisReply RedisStore::command(const std::vector<std::string>& words) {
  after_fork_.once([this] {
    make_anew(mutex_);
    make_anew(connection_);  // it is the parent's
  });
  const std::scoped_lock lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (now < down_until_) fail(reason_);
  const auto try_once = [&]() -> std::optional<RedisReply> {
    try {
      if (!connection_) connection_ = std::make_unique<RedisConnection>(address_);
      auto reply = connection_->send(words);
      pause_ = milliseconds(0);
      return reply;
    } catch (const RedisProblem& problem) {
      reason_ = problem.reason;
      connection_.reset();
      return std::nullopt;
    }
  };
  // A connection that was good before may have been closed by a restart: that is worth one new one.
  const bool reused = connection_ != nullptr;
  auto reply = try_once();
  if (!reply && reused) reply = try_once();
  if (reply) return *std::move(reply);
  pause_ = std::clamp(pause_ * 2, kFirstPause, kLongestPause);
  down_until_ = std::chrono::steady_clock::now() + pause_;
  fail(reason_);
}

RedisReply RedisStore::script(std::string_view text, const std::string& name, std::vector<std::string> arguments) {
  const auto key = cat("adit:token:{", name, "}");
  std::vector<std::string> words{"EVAL", cat(kPrelude, text), "3", key, cat(key, ":lock"), cat(key, ":fence")};
  std::move(arguments.begin(), arguments.end(), std::back_inserter(words));
  auto reply = command(words);
  if (is_error(reply) && error_of(reply).find("WRONGTYPE") != std::string_view::npos) {
    // Somebody put something else under our name: absent.
    static_cast<void>(command({"DEL", words[3], words[4], words[5]}));
    reply = command(words);
  }
  if (is_error(reply)) fail(std::string(error_of(reply)));
  return reply;
}

std::optional<StoreRecord> RedisStore::get(const std::string& name) {
  const auto reply = script("return {redis.call('GET', record), redis.call('PTTL', record)}", name, {});
  return to_record(text_of(element_of(reply, 0)), number_of(element_of(reply, 1)));
}

Claim RedisStore::claim(const std::string& name, std::uint64_t seen, milliseconds lease) {
  const auto reply =
      script(kClaim, name, {std::to_string(seen), std::to_string(std::max<milliseconds::rep>(lease.count(), 1))});
  return {to_record(text_of(element_of(reply, 0)), number_of(element_of(reply, 1))),
          static_cast<std::uint64_t>(number_of(element_of(reply, 2)))};
}

bool RedisStore::put(const std::string& name, std::string_view sealed, std::uint64_t fence, milliseconds keep) {
  const auto number = std::to_string(fence);
  const auto reply = script(
      kPut, name, {number, cat(number, ' ', sealed), std::to_string(std::max<milliseconds::rep>(keep.count(), 1))});
  return number_of(reply.get()) == 1;
}

bool RedisStore::extend(const std::string& name, std::uint64_t fence, milliseconds lease) {
  const auto reply =
      script(kExtend, name, {std::to_string(fence), std::to_string(std::max<milliseconds::rep>(lease.count(), 1))});
  return number_of(reply.get()) == 1;
}

void RedisStore::release(const std::string& name, std::uint64_t fence) {
  static_cast<void>(script(kRelease, name, {std::to_string(fence)}));
}

void RedisStore::remove(const std::string& name, std::uint64_t only_fence) {
  static_cast<void>(script(kRemove, name, {std::to_string(only_fence)}));
}

}  // namespace adit::token
