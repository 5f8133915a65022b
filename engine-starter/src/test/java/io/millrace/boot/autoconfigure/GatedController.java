package io.millrace.boot.autoconfigure;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A handler that holds its thread until the test lets it go.
 */
@RestController
public class GatedController {

	public final CountDownLatch entered = new CountDownLatch(1);

	public final CountDownLatch open = new CountDownLatch(1);

	@GetMapping("/slow")
	String slow() throws InterruptedException {
		this.entered.countDown();
		assertThat(this.open.await(60, TimeUnit.SECONDS)).isTrue();
		return "slow";
	}

}
