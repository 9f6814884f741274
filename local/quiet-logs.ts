// Loggers and metrics read what they may write when they are made, which is when the functions are imported: import this before them.
process.env['POWERTOOLS_LOG_LEVEL'] ??= 'WARN';
// CloudWatch makes metrics of log lines; on a laptop nothing does.
process.env['POWERTOOLS_METRICS_DISABLED'] ??= 'true';
