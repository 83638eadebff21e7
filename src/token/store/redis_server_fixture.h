#pragma once

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <hiredis/hiredis.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text/text.h"
#include "token/engine/parts_fixture.h"

namespace adit::token::testing {

/// A Redis server on a Unix socket in its own folder, without persistence. `more` are further options.
class RedisServer {
 public:
  explicit RedisServer(std::vector<std::string> more = {}) : more_(std::move(more)) { start(); }
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;
  ~RedisServer() { stop(); }

  [[nodiscard]] std::string socket() const { return folder_.path() + "/redis.sock"; }
  [[nodiscard]] std::string url() const { return "unix:" + socket(); }

  void start() {
    std::vector<std::string> words{"redis-server", "--unixsocket", socket(), "--save",       "",
                                   "--appendonly", "no",           "--dir",  folder_.path(), "--logfile",
                                   "/dev/null",    "--daemonize",  "no"};
    if (more_.empty()) words.insert(words.end(), {"--port", "0"});
    words.insert(words.end(), more_.begin(), more_.end());
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    process_ = fork();
    if (process_ == 0) {
      execvp("redis-server", arguments.data());
      _exit(127);
    }
    for (const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(2);
         std::chrono::steady_clock::now() < end;) {
      const auto said = cli("PING");
      if (said == "PONG" || said.starts_with("NOAUTH")) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    throw std::runtime_error("redis-server does not start; is it installed?");
  }
  void stop() {
    if (process_ <= 0) return;
    kill(process_, SIGKILL);  // also one that is stopped
    waitpid(process_, nullptr, 0);
    process_ = 0;
  }
  /// Stops and continues the server's process (SIGSTOP and SIGCONT).
  void signal(int number) const { kill(process_, number); }
  /// Sends a command, whose words are separated by spaces. Returns the reply as text, one element of a list on each
  /// line.
  std::string cli(const std::string& command) {
    const std::unique_ptr<redisContext, void (*)(redisContext*)> context(redisConnectUnix(socket().c_str()), redisFree);
    if (!context || context->err != 0) return {};
    std::vector<std::string> words;
    for (auto word : split_list(command, ' ')) {
      // 'a b' is one word.
      if (!words.empty() && words.back().starts_with('\'') && !words.back().ends_with('\'')) {
        words.back() += ' ' + word;
      } else {
        words.push_back(std::move(word));
      }
    }
    std::vector<const char*> texts;
    std::vector<std::size_t> sizes;
    for (auto& word : words) {
      if (word.size() > 1 && word.starts_with('\'')) word = word.substr(1, word.size() - 2);
      texts.push_back(word.data());
      sizes.push_back(word.size());
    }
    const std::unique_ptr<redisReply, void (*)(redisReply*)> reply(
        static_cast<redisReply*>(
            redisCommandArgv(context.get(), static_cast<int>(texts.size()), texts.data(), sizes.data())),
        [](redisReply* r) { freeReplyObject(r); });
    if (!reply) return {};
    if (reply->type == REDIS_REPLY_INTEGER) return std::to_string(reply->integer);
    if (reply->type != REDIS_REPLY_ARRAY) return {reply->str, reply->len};
    std::string lines;
    for (std::size_t i = 0; i < reply->elements; ++i)
      lines += cat(std::string_view(reply->element[i]->str, reply->element[i]->len), "\n");
    return lines;
  }

 private:
  const std::vector<std::string> more_;
  TemporaryFolder folder_;
  pid_t process_ = 0;
};

}  // namespace adit::token::testing
