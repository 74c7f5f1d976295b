// Places a call and reads it.
package main

import (
	"context"
	"fmt"
	"os"

	switchboard "example.com/switchboard"
)

func main() {
	configuration := switchboard.NewConfiguration()
	configuration.Servers = switchboard.ServerConfigurations{{URL: os.Getenv("SWITCHBOARD_URL")}}
	calls := switchboard.NewAPIClient(configuration).CallsAPI
	ctx := context.WithValue(context.Background(), switchboard.ContextAccessToken, os.Getenv("SWITCHBOARD_KEY"))
	request := switchboard.NewCallRequest("Ask for the opening hours.", "+442079460958")
	placed, _, err := calls.PlaceCall(ctx).IdempotencyKey(os.Getenv("IDEMPOTENCY_KEY")).CallRequest(*request).Execute()
	if err != nil {
		panic(err)
	}
	read, _, err := calls.GetCall(ctx, placed.Id).WaitFor("settled").Timeout(55).Execute()
	if err != nil {
		panic(err)
	}
	fmt.Println(read.Id, read.Status)
}
