-- The requests of wrk. Arguments after "--": "hot" TOKEN [PADDING] | "many" FILE (one token per line, in turns) | "form" BODY
local texts, turn = {}, 0

function init(args)
  if args[1] == "hot" then
    wrk.headers["Authorization"] = "Bearer " .. args[2]
    wrk.headers["X-Padding"] = args[3]
  elseif args[1] == "form" then
    wrk.method = "POST"
    wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
    wrk.body = args[2]
  elseif args[1] == "many" then
    -- Formatted once, so a request costs wrk little more than a constant one.
    for token in io.lines(args[2]) do
      texts[#texts + 1] = wrk.format(nil, nil, { Host = wrk.headers["Host"], Authorization = "Bearer " .. token })
    end
    -- Defined only here: without this function wrk sends constant bytes at no cost.
    request = function()
      turn = turn % #texts + 1
      return texts[turn]
    end
  else
    error("hot, many or form")
  end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d\n", summary.requests, summary.duration,
    errors.connect + errors.read + errors.write + errors.timeout + errors.status,
    latency:percentile(50), latency:percentile(99)))
end
