# Fits and forecasts every series of a file of sets.py with one method of R's package forecast, on one core.
#
#     Rscript forecast_run.R series.csv m3m,nn5 auto.arima|ets|thetaf out.csv
#
# Columns out: set,id,step,mean,p10,p50,p90,seconds; seconds is the CPU time of fit and forecast, on the first step.
suppressPackageStartupMessages(library(forecast))
args <- commandArgs(trailingOnly = TRUE)
d <- read.csv(args[1], colClasses = c("character", "character", "integer", "character", "integer", "numeric"))
d <- d[d$set %in% strsplit(args[2], ",")[[1]], ]
key <- paste(d$set, d$id)
out <- file(args[4], "w")
writeLines("set,id,step,mean,p10,p50,p90,seconds", out)
for (k in unique(key)) {
  s <- d[key == k, ]
  y <- ts(s$y[s$split == "train"], frequency = s$season[1])
  h <- sum(s$split == "test")
  began <- sum(proc.time()[1:2])
  f <- switch(args[3],
    auto.arima = forecast(auto.arima(y), h = h, level = 80),
    ets = forecast(ets(y), h = h, level = 80),
    thetaf = thetaf(y, h = h, level = 80))
  seconds <- sum(proc.time()[1:2]) - began
  writeLines(sprintf("%s,%s,%d,%.12g,%.12g,%.12g,%.12g,%s", s$set[1], s$id[1], 1:h, as.numeric(f$mean), as.numeric(f$lower),
    as.numeric(f$mean), as.numeric(f$upper), c(sprintf("%.4f", seconds), rep("", h - 1))), out)
  flush(out)
}
close(out)
