package io.millrace.demo;

import org.junit.jupiter.api.Tag;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

/**
 * Far fewer may wait than come: most are sent away with 503 at first, and nothing is lost
 * by that either.
 */
@Tag("long")
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "millrace.worker.max-threads=50", "millrace.worker.queue.capacity=450" })
class RefusingRushTests extends AbstractRushTests {

}
