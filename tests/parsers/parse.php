<?php // PHP's JSON, as most frameworks call it.
while (($line = fgets(STDIN)) !== false) {
    $value = json_decode(base64_decode(trim($line)), false, 512, JSON_INVALID_UTF8_SUBSTITUTE | JSON_BIGINT_AS_STRING);
    echo json_last_error() === JSON_ERROR_NONE ? json_encode($value, JSON_PARTIAL_OUTPUT_ON_ERROR) : "!", "\n";
}
