package io.millrace.demo.measure;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * The usual four of server benchmarks: nothing, JSON out, JSON in and out, and a thread
 * that waits.
 */
@RestController
class MeasureController {

	@GetMapping(path = "/plaintext", produces = MediaType.TEXT_PLAIN_VALUE)
	String plaintext() {
		return "Hello, World!";
	}

	@GetMapping(path = "/json", produces = MediaType.APPLICATION_JSON_VALUE)
	Greeting json() {
		return new Greeting("Hello, World!");
	}

	@PostMapping(path = "/ping", produces = MediaType.APPLICATION_JSON_VALUE)
	Ping ping(@Valid @RequestBody Ping ping) {
		return ping;
	}

	/**
	 * Blocks its thread as a slow database or remote call would.
	 * @param ms how long, in milliseconds
	 */
	@GetMapping(path = "/work", produces = MediaType.TEXT_PLAIN_VALUE)
	String work(@RequestParam @Min(0) @Max(10_000) int ms) throws InterruptedException {
		Thread.sleep(ms);
		return "ok";
	}

	record Greeting(String message) {

	}

	record Ping(@NotNull Long sequence) {

	}

}
